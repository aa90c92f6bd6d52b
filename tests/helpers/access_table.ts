/**
 * Who may do what, by hand: what each role gets for each command, request and event. Nothing here
 * is taken from the code; what is there and missing here fails the test.
 */

/** The columns of the tables; `nobody` has a connection and hasn't said hello. */
export const askers = ["nobody", "guest", "member", "moderator", "owner"] as const;
/** Who asks. */
export type Asker = typeof askers[number];

/**
 * Where: `in` a room that they have joined, `out` of one, `lobby`; `pair`, their private
 * conversation; `none`, a room that never was. `own` and `other` say whose message, file, transfer
 * or login it is about; `theirs` is of the private conversation of two others. `vault` is a room that
 * is locked, and that they aren't in: but for coming in, it is as if it weren't there.
 */
export const commandTable = `
command   where       nobody       guest           member          moderator       owner

hello     -           ok           bad_message     bad_message     bad_message     bad_message
ping      -           ok           ok              ok              ok              ok
quit      -           ok           ok              ok              ok              ok
users     -           hello_first  ok              ok              ok              ok
rooms     -           hello_first  ok              ok              ok              ok
away      -           hello_first  ok              ok              ok              ok

join      in          hello_first  ok              ok              ok              ok
join      out         hello_first  ok              ok              ok              ok
join      none        hello_first  ok              ok              ok              ok
join      lobby       hello_first  ok              ok              ok              ok
join      pair        hello_first  room_name_invalid room_name_invalid room_name_invalid room_name_invalid
leave     in          hello_first  ok              ok              ok              ok
leave     out         hello_first  ok              ok              ok              ok
leave     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
leave     lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
members   in          hello_first  ok              ok              ok              ok
members   out         hello_first  ok              ok              ok              ok
members   pair        hello_first  ok              ok              ok              ok
members   none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
topic     in          hello_first  ok              ok              ok              ok
topic     out         hello_first  not_allowed     not_allowed     not_allowed     not_allowed
topic     lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
topic     pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
topic     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room

say       lobby       hello_first  ok              ok              ok              ok
say       in          hello_first  ok              ok              ok              ok
say       pair        hello_first  ok              ok              ok              ok
say       out         hello_first  not_allowed     not_allowed     not_allowed     not_allowed
say       none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
edit      in/own      hello_first  ok              ok              ok              ok
edit      pair/own    hello_first  ok              ok              ok              ok
edit      in/other    hello_first  not_allowed     not_allowed     not_allowed     not_allowed
edit      pair/other  hello_first  not_allowed     not_allowed     not_allowed     not_allowed
edit      out/other   hello_first  not_allowed     not_allowed     not_allowed     not_allowed
edit      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
delete    in/own      hello_first  ok              ok              ok              ok
delete    pair/own    hello_first  ok              ok              ok              ok
delete    in/other    hello_first  not_allowed     not_allowed     ok              ok
delete    lobby/other hello_first  not_allowed     not_allowed     ok              ok
delete    pair/other  hello_first  not_allowed     not_allowed     not_allowed     not_allowed
delete    none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
react     in/other    hello_first  ok              ok              ok              ok
react     pair/other  hello_first  ok              ok              ok              ok
react     out/other   hello_first  not_allowed     not_allowed     not_allowed     not_allowed
react     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
history   lobby       hello_first  ok              ok              ok              ok
history   in          hello_first  ok              ok              ok              ok
history   out         hello_first  ok              ok              ok              ok
history   pair        hello_first  ok              ok              ok              ok
history   none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
search    -           hello_first  ok              ok              ok              ok
search    in          hello_first  ok              ok              ok              ok
search    out         hello_first  ok              ok              ok              ok
search    pair        hello_first  ok              ok              ok              ok
search    none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
typing    in          hello_first  ok              ok              ok              ok
typing    pair        hello_first  ok              ok              ok              ok
typing    none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
read      in          hello_first  ok              ok              ok              ok
read      pair        hello_first  ok              ok              ok              ok
read      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room

files     -           hello_first  ok              ok              ok              ok
files     in          hello_first  ok              ok              ok              ok
files     pair        hello_first  ok              ok              ok              ok
files     out         hello_first  not_allowed     not_allowed     not_allowed     not_allowed
files     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
offer     lobby       hello_first  ok              ok              ok              ok
offer     in          hello_first  ok              ok              ok              ok
offer     pair        hello_first  ok              ok              ok              ok
offer     out         hello_first  not_allowed     not_allowed     not_allowed     not_allowed
offer     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
part      in/other    hello_first  no_such_transfer no_such_transfer no_such_transfer no_such_transfer
resume    in/own      hello_first  ok              ok              ok              ok
resume    in/other    hello_first  no_such_transfer no_such_transfer no_such_transfer no_such_transfer
finish    in/own      hello_first  ok              ok              ok              ok
finish    in/other    hello_first  no_such_transfer no_such_transfer no_such_transfer no_such_transfer
cancel    in/own      hello_first  ok              ok              ok              ok
cancel    in/other    hello_first  no_such_transfer no_such_transfer no_such_transfer no_such_transfer
fetch     in/other    hello_first  ok              ok              ok              ok
fetch     lobby/other hello_first  ok              ok              ok              ok
fetch     pair/other  hello_first  ok              ok              ok              ok
fetch     out/other   hello_first  no_such_file    no_such_file    no_such_file    no_such_file
fetch     theirs      hello_first  no_such_file    no_such_file    no_such_file    no_such_file
fetch     none        hello_first  no_such_file    no_such_file    no_such_file    no_such_file
decline   pair/other  hello_first  ok              ok              ok              ok
decline   in/other    hello_first  not_allowed     not_allowed     not_allowed     not_allowed
decline   out/other   hello_first  no_such_file    no_such_file    no_such_file    no_such_file
decline   theirs      hello_first  no_such_file    no_such_file    no_such_file    no_such_file
decline   none        hello_first  no_such_file    no_such_file    no_such_file    no_such_file
remove    in/own      hello_first  ok              ok              ok              ok
remove    in/other    hello_first  not_allowed     not_allowed     ok              ok
remove    lobby/other hello_first  not_allowed     not_allowed     ok              ok
remove    pair/other  hello_first  not_allowed     not_allowed     not_allowed     not_allowed
remove    out/other   hello_first  no_such_file    no_such_file    no_such_file    no_such_file
remove    theirs      hello_first  no_such_file    no_such_file    no_such_file    no_such_file
remove    none        hello_first  no_such_file    no_such_file    no_such_file    no_such_file

kick      in          hello_first  not_allowed     not_allowed     ok              ok
kick      out         hello_first  not_allowed     not_allowed     ok              ok
kick      lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
kick      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
kick      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
mute      in          hello_first  not_allowed     not_allowed     ok              ok
mute      out         hello_first  not_allowed     not_allowed     ok              ok
mute      lobby       hello_first  not_allowed     not_allowed     ok              ok
mute      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
mute      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
unmute    in          hello_first  not_allowed     not_allowed     ok              ok
unmute    pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
unmute    none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
ban       -           hello_first  not_allowed     not_allowed     ok              ok
ban       in          hello_first  not_allowed     not_allowed     ok              ok
ban       out         hello_first  not_allowed     not_allowed     ok              ok
ban       lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
ban       pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
ban       none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
unban     -           hello_first  not_allowed     not_allowed     ok              ok
unban     in          hello_first  not_allowed     not_allowed     ok              ok
unban     none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
bans      -           hello_first  not_allowed     not_allowed     ok              ok
bans      in          hello_first  not_allowed     not_allowed     ok              ok
bans      out         hello_first  not_allowed     not_allowed     ok              ok
bans      lobby       hello_first  not_allowed     not_allowed     ok              ok
bans      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
bans      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
lock      in          hello_first  not_allowed     not_allowed     ok              ok
lock      out         hello_first  not_allowed     not_allowed     ok              ok
lock      lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
lock      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
lock      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
slow      in          hello_first  not_allowed     not_allowed     ok              ok
slow      lobby       hello_first  not_allowed     not_allowed     ok              ok
slow      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
slow      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
readonly  in          hello_first  not_allowed     not_allowed     ok              ok
readonly  lobby       hello_first  not_allowed     not_allowed     ok              ok
readonly  pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
readonly  none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
role      -           hello_first  not_allowed     not_allowed     not_allowed     ok
role      in          hello_first  not_allowed     not_allowed     ok              ok
role      lobby       hello_first  not_allowed     not_allowed     not_allowed     not_allowed
role      pair        hello_first  not_allowed     not_allowed     not_allowed     not_allowed
role      none        hello_first  no_such_room    no_such_room    no_such_room    no_such_room
audit     -           hello_first  not_allowed     not_allowed     not_allowed     ok

register  -           hello_first  ok              not_allowed     not_allowed     not_allowed
password  -           hello_first  login_required  ok              ok              ok
logout    -           hello_first  ok              ok              ok              ok
logins    -           hello_first  ok              ok              ok              ok
revoke    none        hello_first  bad_login       bad_login       bad_login       bad_login

invite    -           hello_first  login_required  ok              ok              ok
invite    in          hello_first  login_required  ok              ok              ok
invite    out         hello_first  login_required  not_allowed     not_allowed     not_allowed
invite    none        hello_first  login_required  no_such_room    no_such_room    no_such_room
invites   -           hello_first  login_required  ok              ok              ok
uninvite  none        hello_first  login_required  bad_invite      bad_invite      bad_invite

join      vault       hello_first  room_locked     room_locked     ok              ok
members   vault       hello_first  no_such_room    no_such_room    ok              ok
topic     vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
say       vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
edit      vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
delete    vault       hello_first  no_such_room    no_such_room    ok              ok
react     vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
history   vault       hello_first  no_such_room    no_such_room    ok              ok
search    vault       hello_first  no_such_room    no_such_room    ok              ok
typing    vault       hello_first  no_such_room    no_such_room    ok              ok
read      vault       hello_first  no_such_room    no_such_room    ok              ok
files     vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
offer     vault       hello_first  no_such_room    no_such_room    not_allowed     not_allowed
fetch     vault       hello_first  no_such_file    no_such_file    no_such_file    no_such_file
decline   vault       hello_first  no_such_file    no_such_file    no_such_file    no_such_file
remove    vault       hello_first  no_such_file    no_such_file    no_such_file    no_such_file
resume    vault       hello_first  no_such_transfer no_such_transfer no_such_transfer no_such_transfer
kick      vault       hello_first  no_such_room    no_such_room    ok              ok
lock      vault       hello_first  no_such_room    no_such_room    ok              ok
invite    vault       hello_first  login_required  no_such_room    not_allowed     not_allowed
`;

/** The columns of {@linkcode requestTable}: `stale` shows a token that is none (any more). */
export const requesters = ["nobody", "stale", "guest", "member", "moderator", "owner"] as const;
/** Who makes a request. */
export type Requester = typeof requesters[number];

/** The same for requests over HTTP, by their status. `T` is a transfer. From loopback. */
export const requestTable = `
request           where       nobody  stale  guest  member  moderator  owner

GET_/healthz      -           200     200    200    200     200        200
GET_/metrics      -           200     200    200    200     200        200
POST_/session     -           401     401    204    204     204        204
DELETE_/session   -           204     204    204    204     204        204

GET_/files        lobby/other 404     404    200    200     200        200
GET_/files        in/other    404     404    200    200     200        200
GET_/files        pair/other  404     404    200    200     200        200
GET_/files        out/other   404     404    404    404     404        404
GET_/files        theirs      404     404    404    404     404        404
GET_/files        none        404     404    404    404     404        404
HEAD_/files       in/other    404     404    200    200     200        200
HEAD_/files       out/other   404     404    404    404     404        404
GET_/thumbs       in/other    404     404    404    404     404        404

OPTIONS_/files    -           204     204    204    204     204        204
OPTIONS_/files/T  in/other    204     204    204    204     204        204
POST_/files       lobby       401     401    201    201     201        201
POST_/files       in          401     401    201    201     201        201
POST_/files       pair        401     401    201    201     201        201
POST_/files       out         401     401    403    403     403        403
POST_/files       none        401     401    404    404     404        404
HEAD_/files/T     in/own      401     401    200    200     200        200
HEAD_/files/T     in/other    401     401    404    404     404        404
HEAD_/files/T     none        401     401    404    404     404        404
PATCH_/files/T    in/own      401     401    204    204     204        204
PATCH_/files/T    in/other    401     401    404    404     404        404
POST_/files/T     in/own      401     401    204    204     204        204
POST_/files/T     in/other    401     401    404    404     404        404
DELETE_/files/T   in/own      401     401    204    204     204        204
DELETE_/files/T   in/other    401     401    404    404     404        404

PUT_/drop         lobby       401     401    201    201     201        201
PUT_/drop         in          401     401    201    201     201        201
PUT_/drop         out         401     401    201    201     201        201
PUT_/drop         none        401     401    404    404     404        404
POST_/say         lobby       401     401    200    200     200        200
POST_/say         in          401     401    200    200     200        200
POST_/say         pair        401     401    200    200     200        200
POST_/say         out         401     401    200    200     200        200
POST_/say         none        401     401    404    404     404        404
`;

/**
 * The columns of {@linkcode eventTable}: Bob, who does it; another device of his, and a quiet one; a
 * member of the room where he does it; Carl, with whom he has a private conversation; somebody who
 * is only on the server; and a connection without a hello.
 */
export const hearers = [
  "himself",
  "device",
  "quiet",
  "member",
  "partner",
  "out",
  "nobody",
] as const;

/** Who hears what happens there. */
export const eventTable = `
event      where  himself  device  quiet  member  partner  out  nobody

joined     in     yes      yes     -      yes     -        -    -
left       in     yes      yes     -      yes     -        -    -
said       lobby  yes      yes     -      yes     yes      yes  -
said       in     yes      yes     -      yes     -        -    -
said       pair   yes      yes     -      -       yes      -    -
edited     lobby  yes      yes     -      yes     yes      yes  -
edited     in     yes      yes     -      yes     -        -    -
edited     pair   yes      yes     -      -       yes      -    -
deleted    lobby  yes      yes     -      yes     yes      yes  -
deleted    in     yes      yes     -      yes     -        -    -
deleted    pair   yes      yes     -      -       yes      -    -
reacted    lobby  yes      yes     -      yes     yes      yes  -
reacted    in     yes      yes     -      yes     -        -    -
reacted    pair   yes      yes     -      -       yes      -    -
retitled   in     yes      yes     -      yes     -        -    -
shared     lobby  yes      yes     -      yes     yes      yes  -
shared     in     yes      yes     -      yes     -        -    -
shared     pair   yes      yes     -      -       yes      -    -
removed    lobby  yes      yes     -      yes     yes      yes  -
removed    in     yes      yes     -      yes     -        -    -
removed    pair   yes      yes     -      -       yes      -    -
declined   pair   yes      yes     -      -       yes      -    -
taken      pair   yes      yes     -      -       yes      -    -
kicked     in     yes      yes     -      yes     -        -    -
muted      in     yes      yes     -      yes     -        -    -
unmuted    in     yes      yes     -      yes     -        -    -
unbanned   in     yes      yes     -      yes     -        -    -
appointed  in     yes      yes     -      yes     -        -    -
locked     in     yes      yes     -      yes     -        -    -
slowed     in     yes      yes     -      yes     -        -    -
made_readonly in  yes      yes     -      yes     -        -    -
came       -      yes      yes     -      yes     yes      yes  -
went       -      yes      yes     -      yes     yes      yes  -
gone_away  -      yes      yes     -      yes     yes      yes  -
role_given -      yes      yes     -      yes     yes      yes  -
typed      in     -        -       -      yes     -        -    -
typed      pair   -        -       -      -       yes      -    -
seen       in     yes      yes     -      -       -        -    -
seen       pair   yes      yes     -      -       yes      -    -
stored     in     yes      -       -      -       -        -    -
part       in     yes      -       -      -       -        -    -
fetched    in     yes      -       -      -       -        -    -
closing    -      yes      yes     -      yes     yes      yes  -
stalled    -      yes      yes     -      yes     yes      yes  -
`;

/** Events that need more than an act: a queue of uploads, a name that is taken meanwhile. */
export const eventsElsewhere = {
  queued: "upload_queue_test.ts: only whoever waits is told",
  granted: "upload_queue_test.ts: only whoever waits is told",
  renamed: "hub and people tests: everybody is told",
} as const;
