/** Which tests run once more with three nodes in the place of each server, and which can't. */

/**
 * Helpers that start servers, each of which is three nodes where `PARLEY_NODES` says so; a test that
 * uses one of them goes from end to end.
 */
const starters = [
  ...["real_server", "scene", "shared_scene", "file_scene", "browser", "hour_page", "crowd"],
  ...["web_place", "in_process_server", "web_scene", "access_scene", "hearing_scene"],
  ...["peer", "hand_peer", "tea_room", "invited"],
];

/** What starts nodes of its own. */
const ofNodes = ["tests/nodes/", "tests/backend/", "tests/contract/"];

/**
 * Files that are about one process in every one of their tests, and why. A single test of that kind
 * says so itself: `alone` in tests/helpers/peer.ts and real_server.ts.
 */
export const onOneNode: Readonly<Record<string, string>> = {
  "tests/backup_test.ts": "one server's folders, which are put back",
  "tests/disk_full_files_test.ts": "a disk of one process",
  "tests/disk_full_test.ts": "a disk of one process",
  "tests/failed_commit_test.ts": "a fault in one database: another node keeps what that one can't",
  "tests/guesses_load_test.ts": "the time that one process takes",
  "tests/guesses_test.ts": "tries, which each node counts for itself",
  "tests/hostile_test.ts": "the time and memory that one process takes",
  "tests/million_test.ts": "the time that one process takes",
  "tests/permissions_inside_test.ts": "what one process may do",
  "tests/permissions_test.ts": "what one process may do",
  "tests/protocol_example_test.ts": "an example with every line in its order, of one server",
  "tests/sharing/big_file_test.ts": "the time that one process takes",
  "tests/storage_faults_test.ts": "faults of one store",
  "tests/sync_test.ts": "what one process asks of its system",
};

/** Those that run so in every run; all others in `--nodes` and in the long proof. */
export const always: readonly string[] = [
  "tests/client/roles_test.ts",
  "tests/conversation_test.ts",
  "tests/ending_test.ts",
  "tests/entry/accounts_test.ts",
  "tests/entry/invitations_test.ts",
  "tests/invisible_test.ts",
  "tests/moderating_files_test.ts",
  "tests/net/drop_route_test.ts",
  "tests/net/file_routes_test.ts",
  "tests/net/session_route_test.ts",
  "tests/net/tus_test.ts",
  "tests/page/moderation_test.ts",
  "tests/peer/session_test.ts",
  "tests/restart_test.ts",
  "tests/roles_test.ts",
  "tests/sharing/private_files_test.ts",
  "tests/sharing/transfers_test.ts",
  "tests/taken_away_test.ts",
];

/** Those of the files that go from end to end, as far as several nodes can be in a server's place. */
export async function endToEnd(
  files: readonly string[],
  read: (file: string) => Promise<string>,
): Promise<readonly string[]> {
  const texts = await Promise.all(files.map(read));
  const uses = new RegExp(`helpers/(${starters.join("|")})\\.ts"`);
  return files.filter((file, index) => {
    return uses.test(texts[index]) && !Object.hasOwn(onOneNode, file) &&
      !ofNodes.some((begin) => file.startsWith(begin));
  });
}
