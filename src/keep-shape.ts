const kept: object[] = [];

/**
 * Keeps the shape that V8 has found for objects of one kind, by an example that is never let go.
 *
 * A shape of which a full garbage collection finds no object is forgotten, and all code that was compiled for it thrown
 * away. Of what lives for less than a call there is none at most moments.
 */
export function keepShape(example: object): void {
  kept.push(example);
}
