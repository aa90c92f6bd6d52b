/** Code: as it was written, with its words in colour where the language is known. */

import { useEffect, useState } from "preact/hooks";
import { systemClock } from "../../lib/system_clock.ts";
import type { Coloured } from "../code/kinds.ts";
import { languageOf } from "../code/languages.ts";
import { type CodeWorker, isPaintable, Painter } from "../code/painter.ts";
import { CopyButton } from "./copying.tsx";

/** One for the page: its worker is started for the first code that has a language. */
const painter = new Painter({
  open: openWorker,
  after: (ms, run) => systemClock().after(ms, run),
});

/** A line that is longer may not fit. */
const wideChars = 60;
/** Code with fewer lines and no language has its buttons beside it. */
const linesFew = 3;

/** A block of code. */
export function CodeBlock({ text, language }: {
  readonly text: string;
  readonly language?: string | undefined;
}) {
  const [isWrapped, setWrapped] = useState(false);
  const parts = useColours(text, language);
  const lines = text.split("\n");
  const isWide = lines.some((line) => line.length > wideChars);
  const name = language === undefined ? "" : languageOf(language)?.name ?? language;
  const isFew = name === "" && lines.length <= linesFew;
  return (
    <div class={`code-block${isFew ? " few" : ""}${isWrapped ? " wrapped" : ""}`}>
      <div class="code-head">
        <span class="code-title">{name}</span>
        <CopyButton text={text} label="Copy this code" />
        {isWide && (
          <button
            type="button"
            class="link-button"
            aria-pressed={isWrapped}
            onClick={() => setWrapped(!isWrapped)}
          >
            Wrap
          </button>
        )}
      </div>
      <pre
        role="group"
        tabIndex={0}
        aria-label={name === "" ? "Code" : `Code, ${name}`}
        dir="ltr"
      >
        <code>{parts === undefined ? text : parts.map(partOf)}</code>
      </pre>
    </div>
  );
}

function partOf({ kind, text }: Coloured) {
  return kind === "plain" ? text : <span class={`code-${kind}`}>{text}</span>;
}

/** The colours of a text, once they are found: drawn when the browser has nothing else to do. */
function useColours(text: string, language: string | undefined): readonly Coloured[] | undefined {
  const known = language === undefined ? undefined : painter.known(text, language);
  const [found, setFound] = useState<{ text: string; parts: readonly Coloured[] } | undefined>();
  useEffect(() => {
    if (known !== undefined || language === undefined || !isPaintable(text, language)) return;
    let isOver = false;
    void painter.paint(text, language).then((parts) => {
      if (parts === undefined) return;
      whenIdle(() => {
        if (!isOver) setFound({ text, parts });
      });
    });
    return () => {
      isOver = true;
    };
  }, [text, language]);
  return known ?? (found?.text === text ? found.parts : undefined);
}

function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: 1000 });
  else setTimeout(run);
}

function openWorker(): CodeWorker {
  const worker = new Worker(document.documentElement.dataset.code ?? "/code.js");
  const opened: CodeWorker = {
    onAnswer: () => {},
    ask: (asked) => worker.postMessage(asked),
    end: () => worker.terminate(),
  };
  worker.onmessage = ({ data }) => opened.onAnswer(data);
  worker.onerror = () => opened.onAnswer(undefined);
  return opened;
}
