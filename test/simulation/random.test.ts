import { expect, test } from 'vitest';
import { Random } from './random.ts';

const draws = (random: Random, count = 5) => Array.from({ length: count }, () => random.next());

test('the same name gives the same numbers, another name others', () => {
  expect(draws(new Random('a'))).toEqual(draws(new Random('a')));
  expect(draws(new Random('a'))).not.toEqual(draws(new Random('b')));
});

test('a fork neither shifts its parent nor depends on what that has drawn', () => {
  const parent = new Random('a');
  const before = draws(new Random('a').fork('x'));
  draws(parent);
  expect(draws(parent.fork('x'))).toEqual(before);
  expect(draws(new Random('a').fork('y'))).not.toEqual(before);
});

test('whole numbers stay between both ends, and reach them', () => {
  const random = new Random('ends');
  const seen = new Set(Array.from({ length: 200 }, () => random.int(3, 5)));
  expect([...seen].sort()).toEqual([3, 4, 5]);
});
