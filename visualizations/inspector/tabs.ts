import type { ActorView, MachineView } from './actor-view.ts';

/** An actor that has a chart. */
export type MachineActor = ActorView & { readonly machine: MachineView };

/** The machines that share a title, and so a tab. */
export interface MachineTab {
  readonly title: string;
  /** Live ones first, the latest of them in front; of those with one name only the latest. */
  readonly actors: readonly MachineActor[];
}

export const hasMachine = (actor: ActorView): actor is MachineActor => actor.machine !== undefined;

const isLive = ({ status }: ActorView): boolean => status === 'active';

/** Live before ended, later before earlier. */
const byInterest = (a: ActorView, b: ActorView): number =>
  Number(isLive(b)) - Number(isLive(a)) || b.order - a.order;

/** @param titles of the tabs that there are already: they stay where they are, with nobody in them too */
export function tabsOf(actors: Iterable<ActorView>, titles: readonly string[]): readonly MachineTab[] {
  const byTitle = new Map<string, MachineActor[]>(titles.map((title) => [title, []]));
  for (const actor of actors) {
    if (!hasMachine(actor)) continue;
    const { title } = actor.machine;
    byTitle.set(title, [...(byTitle.get(title) ?? []), actor]);
  }
  return [...byTitle].map(([title, members]) => ({
    title,
    actors: withoutReplaced(members.toSorted(byInterest)),
  }));
}

/** An actor that was replaced gives its name to the next one. */
function withoutReplaced(actors: readonly MachineActor[]): readonly MachineActor[] {
  const names = new Set<string>();
  return actors.filter(({ name }) => !names.has(name) && names.add(name) !== undefined);
}

/** Somebody comes and goes in this tab: following the latest makes sense. */
export const isCrowd = ({ actors }: MachineTab): boolean => actors.length > 1;
