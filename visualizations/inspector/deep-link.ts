/** What a link to a place in the page says. */
export interface Place {
  /** Name of the selected actor. */
  readonly actor?: string;
  /** Title of the open tab, where no actor was picked in it. */
  readonly tab?: string;
  /** Number of the selected record. */
  readonly event?: number;
  readonly view?: View;
  /** Text of the filter. */
  readonly q?: string;
}

export const VIEWS = ['log', 'sequence', 'context'] as const;
export type View = (typeof VIEWS)[number];

/** `#actor=breaker&event=120&view=log&q=stale`; whatever is not understood is left out. */
export function readPlace(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const [actor, tab, event, q] = ['actor', 'tab', 'event', 'q'].map((name) => words.get(name) ?? '');
  const view = VIEWS.find((name) => name === words.get('view'));
  return {
    ...(actor && { actor }),
    ...(tab && { tab }),
    ...(event && /^\d{1,15}$/.test(event) && { event: Number(event) }),
    ...(view !== undefined && { view }),
    ...(q && { q }),
  };
}

export function placeHash({ actor, tab, event, view, q }: Place): string {
  const words = new URLSearchParams();
  if (actor !== undefined) words.set('actor', actor);
  if (tab !== undefined) words.set('tab', tab);
  if (event !== undefined) words.set('event', String(event));
  if (view !== undefined && view !== 'log') words.set('view', view);
  if (q !== undefined && q !== '') words.set('q', q);
  const text = words.toString();
  return text === '' ? '' : `#${text.replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}
