/** Components that are drawn again only when what they are given has changed. */

import { type Component, type ComponentChild, type FunctionComponent, h } from "preact";

/** `view`, drawn again only where one of its properties is another one. */
export function memo<P extends object>(
  view: (props: P) => ComponentChild,
): FunctionComponent<P> {
  function Kept(this: Component<P>, props: P) {
    this.shouldComponentUpdate = (next) => !isSame(this.props, next);
    return h(view as FunctionComponent<P>, props);
  }
  return Kept as FunctionComponent<P>;
}

function isSame(one: object, other: object): boolean {
  const values = new Map<string, unknown>(Object.entries(one));
  const others = Object.entries(other);
  return others.length === values.size &&
    others.every(([name, value]) => values.get(name) === value);
}
