import { assertEquals } from "@std/assert";
import { metricsText } from "../lib/metrics.ts";

Deno.test("metricsText() writes numbers with their kind, and labels escaped", () => {
  const text = metricsText([
    { name: "parley_rooms", help: "Rooms\nin use", type: "gauge", value: 3 },
    {
      name: "parley_answers_total",
      help: "Answers",
      type: "counter",
      value: [
        { labels: { status: "200" }, value: 7 },
        { labels: { status: 'a"\\\n', path: "/" }, value: 0.5 },
      ],
    },
  ]);
  assertEquals(
    text,
    [
      "# HELP parley_rooms Rooms\\nin use",
      "# TYPE parley_rooms gauge",
      "parley_rooms 3",
      "# HELP parley_answers_total Answers",
      "# TYPE parley_answers_total counter",
      'parley_answers_total{status="200"} 7',
      'parley_answers_total{status="a\\"\\\\\\n",path="/"} 0.5',
      "",
    ].join("\n"),
  );
});
