/** What stands above a conversation: its name, what it is about, who is here. */

import { lobby } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import { PresenceDot } from "./avatar.tsx";
import { Head } from "./head.tsx";
import { IconButton } from "./icons.tsx";
import { laterView } from "./later.tsx";
import { presenceOf } from "./presence.ts";
import type { TopicProps } from "./topic.tsx";
import type { PageProps } from "./ui.ts";

const BellButton = laterView((loaded) => loaded.BellButton);
const Topic = laterView<TopicProps>((loaded) => loaded.Topic, PlainTopic);

/** The head of the conversation in front. */
export function ChatHead({ model, ui }: PageProps) {
  const here = model.here.value;
  const name = here === undefined ? "" : printableLine(here.room);
  const isRoom = here !== undefined && here.with === undefined;
  return (
    <Head ui={ui}>
      <div class="head-words">
        <h2 class="head-name">
          {isRoom && <span class="sign">#</span>}
          {name}
          {here?.with !== undefined && <PresenceDot presence={presenceOf(ui, name.slice(1))} />}
        </h2>
        {here && isRoom && here.key !== lobby && <Topic here={here} model={model} />}
      </div>
      <div class="head-buttons">
        <BellButton model={model} ui={ui} />
        <IconButton
          name="search"
          label="Search here"
          isQuiet
          onClick={() => {
            model.find("", here?.key);
            model.go({ is: "search" });
          }}
        />
        {here && isRoom && here.key !== lobby && (
          <IconButton
            name="leave"
            label={`Leave ${name}`}
            isQuiet
            onClick={() => model.leave(here.key)}
          />
        )}
        <IconButton
          name="people"
          label="Who is here"
          isQuiet
          isPressed={ui.isPeopleOpen.value}
          onClick={() => ui.isPeopleOpen.value = !ui.isPeopleOpen.value}
        />
      </div>
    </Head>
  );
}

/** As it stands until it can be changed. */
function PlainTopic({ here }: TopicProps) {
  return <span class="topic">{printableLine(here.topic)}</span>;
}
