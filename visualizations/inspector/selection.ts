import type { ActorView } from './actor-view.ts';
import { isCrowd, type MachineActor, type MachineTab, tabsOf } from './tabs.ts';

/** The tab of the disbursements; no machine has a title with such a sign in front. */
export const DISBURSEMENTS = '@disbursements';

/** A chart that follows the latest actor shows each one for that long at least. */
const SHORTEST_LOOK_MS = 1_000;

/**
 * Which tab is open, and which of its actors is looked at: one that was picked, by its name, so that it may be replaced; or
 * the latest one, where many come and go.
 */
export class Selection {
  #tabs: readonly MachineTab[] = [];
  #key: string | undefined;
  #lastTitle: string | undefined;
  #wanted: string | undefined;
  readonly #picked = new Map<string, string>();
  readonly #follows = new Map<string, boolean>();
  readonly #followed = new Map<string, { readonly id: string; readonly since: number }>();

  get tabs(): readonly MachineTab[] {
    return this.#tabs;
  }

  get key(): string | undefined {
    return this.#key;
  }

  /** The machine's tab that is open, or was open last. */
  get tab(): MachineTab | undefined {
    return this.#tabs.find(({ title }) => title === this.#lastTitle);
  }

  /** Takes what is known of the actors now. @param now page time, milliseconds */
  update(actors: Iterable<ActorView>, now: number): void {
    this.#tabs = tabsOf(
      actors,
      this.#tabs.map(({ title }) => title),
    );
    if (this.#wanted !== undefined && this.#tryPick(this.#wanted)) this.#wanted = undefined;
    const first = this.#tabs.find(hasBreaker) ?? this.#tabs[0];
    if (this.tab === undefined && first !== undefined) this.#fallBackTo(first.title);
    this.#key ??= this.#lastTitle;
    for (const tab of this.#tabs) this.#updateFollowed(tab, now);
  }

  get actor(): MachineActor | undefined {
    const { tab } = this;
    return tab === undefined ? undefined : this.actorOf(tab);
  }

  actorOf(tab: MachineTab): MachineActor | undefined {
    const { title, actors } = tab;
    if (this.isFollowing(tab)) {
      const id = this.#followed.get(title)?.id;
      return actors.find((actor) => actor.id === id) ?? actors[0];
    }
    return actors.find(({ name }) => name === this.#picked.get(title)) ?? actors[0];
  }

  isFollowing(tab: MachineTab): boolean {
    return this.#follows.get(tab.title) ?? isCrowd(tab);
  }

  /** Opens a tab, or as soon as it is there the one with this title. */
  open(key: string): void {
    this.#key = key;
    if (key !== DISBURSEMENTS) this.#lastTitle = key;
  }

  /** Opens the tab of the actor with this name and stays with it; if there is none yet, as soon as there is. */
  pick(name: string): void {
    if (!this.#tryPick(name)) this.#wanted = name;
  }

  follow(title: string, follows: boolean): void {
    const tab = this.#tabs.find((one) => one.title === title);
    const actor = tab === undefined ? undefined : this.actorOf(tab);
    if (!follows && actor !== undefined) this.#picked.set(title, actor.name);
    this.#follows.set(title, follows);
  }

  #fallBackTo(title: string): void {
    if (this.#key === this.#lastTitle) this.#key = title;
    this.#lastTitle = title;
  }

  #tryPick(name: string): boolean {
    const tab = this.#tabs.find(({ actors }) => actors.some((actor) => actor.name === name));
    if (tab === undefined) return false;
    this.#picked.set(tab.title, name);
    if (isCrowd(tab)) this.#follows.set(tab.title, false);
    this.open(tab.title);
    return true;
  }

  #updateFollowed({ title, actors }: MachineTab, now: number): void {
    const [latest] = actors;
    const followed = this.#followed.get(title);
    if (latest === undefined || latest.id === followed?.id) return;
    const isGone = followed === undefined || !actors.some(({ id }) => id === followed.id);
    // Nobody can read a chart that changes its subject a hundred times a second; an ended one stays until another begins.
    if (isGone || (latest.status === 'active' && now - followed.since >= SHORTEST_LOOK_MS)) {
      this.#followed.set(title, { id: latest.id, since: now });
    }
  }
}

/** Whoever comes without a link comes because of the breaker, where there is one. */
const hasBreaker = ({ actors }: MachineTab): boolean =>
  actors.some(({ machine }) => machine.id === 'circuitBreaker');
