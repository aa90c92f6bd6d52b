import { LoadClient, talk, timesText } from "./helpers/load.ts";
const flags = (Deno.env.get("V8") ?? "").split(" ").filter(Boolean);
const dir = await Deno.makeTempDir();
const port = 23000 + Math.floor(Math.random()*1000);
const p = new Deno.Command(Deno.execPath(), {args:["run","-q","-A",...flags,"server_tmp.ts","--port",String(port),"--data",dir,"--no-web","--quiet"], cwd: "/work/main", stdout:"inherit", env: {MALLOC_ARENA_MAX: Deno.env.get("ARENAS") ?? ""}}).spawn();
await new Promise(r=>setTimeout(r,1500));
const rss = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${p.pid}/status`))![1])/1024);
const cs: LoadClient[] = [];
for (let i=0;i<10;i++) cs.push(await LoadClient.join(port, "f"+i));
await talk(cs, {room:"lobby",perSecond:50,ms:3000});
console.log("start", rss());
const h = new Deno.Command(Deno.execPath(), {args:["run","-q","-A","--no-check","tests/helpers/load_hostile_tmp.ts",String(port),"1","10000"], cwd:"/work/main", stdin:"piped", stdout:"null"}).spawn();
let most = 0; const t = setInterval(()=>most=Math.max(most,rss()),100);
for (let i=0;i<Number(Deno.env.get("N")??3);i++) { const m = await talk(cs, {room:"lobby",perSecond:50,ms:4000}); console.log("p99", m.heard.p99.toFixed(1), "rss", rss(), "most", most); }
h.kill("SIGKILL");
for (let i=0;i<Number(Deno.env.get("M")??3);i++) { await talk(cs, {room:"lobby",perSecond:50,ms:4000}); console.log("after rss", rss()); }
console.log("RESULT most", most, "end", rss());
p.kill("SIGKILL"); Deno.exit(0);
