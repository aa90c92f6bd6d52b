/** Why one can't write in the conversation in front, as the field for it says. */

import { timeText } from "../../lib/client/amounts.ts";
import { whyNotWrite } from "../../lib/client/may.ts";
import { spanText } from "../../lib/client/spans.ts";
import type { Model } from "../model.ts";

/** What the field says. */
export interface WhyNot {
  readonly text: string;
  /** Whether it passes so soon that one may write meanwhile, and only not send. */
  readonly isSoon: boolean;
}

/** `undefined` where one may write. */
export function whyNot(model: Model): WhyNot | undefined {
  const here = model.here.value;
  const me = model.me.value;
  if (here === undefined || me === undefined) return undefined;
  const { rules } = here;
  const isFree = rules.muted.size === 0 && rules.slow === 0 && !rules.isReadOnly;
  const why = isFree ? undefined : whyNotWrite(here, me, model.now.value);
  if (why === undefined) return undefined;
  const wait = why.retryMs === undefined ? "" : timeText(Math.ceil(why.retryMs / 1000));
  switch (why.code) {
    case "slow_down":
      return {
        text: `A message each ${spanText(rules.slow)} is the rule here: the next one in ${wait}`,
        isSoon: true,
      };
    case "muted":
      return {
        text: wait === "" ? "You are muted here" : `You are muted here for ${wait}`,
        isSoon: false,
      };
    default:
      return { text: "Only moderators write here", isSoon: false };
  }
}
