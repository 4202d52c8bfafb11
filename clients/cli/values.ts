import { InvalidArgumentError } from 'commander';
import { say } from './verb.ts';

/** Reads an option's value as a whole number within bounds. */
export const wholeNumber =
  (least: number, max: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? say({ zh: `应为不小于 ${least} 的整数`, en: `A whole number from ${least} on is wanted.` })
        : say({
            zh: `应为 ${least} 到 ${max} 的整数`,
            en: `A whole number from ${least} to ${max} is wanted.`,
          }),
    );
  };

/** Reads an option's value as the address of a listener of the hub. @returns its origin */
export function hubOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url.origin;
  throw new InvalidArgumentError(
    say({
      zh: '应为 https 地址，如 https://hub.example:8444：与枢纽的连接只用 TLS',
      en: 'An https address such as https://hub.example:8444 is wanted: the hub is reached over TLS only.',
    }),
  );
}

/** A name as a part of a path. The hub's names need no escape, and no path of the hub has one; any other input is not a name. */
export const pathSegment = (name: string): string => encodeURIComponent(name).replaceAll('%3A', ':');

/** Collects the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];
