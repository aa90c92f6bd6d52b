/** Numbers about a server as Prometheus reads them: text format 0.0.4. A leaf. */

/** One number, or one for each value of a label. */
export interface Metric {
  /** With its unit: `parley_upload_bytes`. */
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly value: number | readonly Labelled[];
}

/** A number of those that share a name. */
export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What {@linkcode metricsText} comes to, for its Content-Type. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** All of them as one text. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.flatMap(({ name, help, type, value }) => [
    `# HELP ${name} ${escaped(help)}\n`,
    `# TYPE ${name} ${type}\n`,
    ...typeof value === "number"
      ? [`${name} ${value}\n`]
      : value.map((one) => `${name}{${labelsText(one.labels)}} ${one.value}\n`),
  ]).join("");
}

function labelsText(labels: Labelled["labels"]): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`).join(",");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
