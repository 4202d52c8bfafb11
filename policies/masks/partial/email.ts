import { pointCount } from './codePoints.ts';
import { revealedParts } from './revealedParts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  /** 1 shows the first character of the mailbox */
  head: { kind: 'integer', min: 0, max: 1, default: 1 },
  domain: { kind: 'flag', default: true },
} as const;

const star = 42;

/** zhang@example.com → z***@example.com; the length of the mailbox is hidden. A text without @: ***. */
export const email = defineMask({
  name: 'email',
  title: { zh: '电子邮箱', en: 'e-mail address' },
  examples: [{ value: 'zhang@example.com', becomes: 'z***@example.com' }],
  types: textTypes,
  params,
  compile:
    ({ head, domain }) =>
    (value) => {
      const text = value as string;
      const at = text.lastIndexOf('@');
      if (at < 0) return '***';
      const box = text.slice(0, at);
      const first = box.codePointAt(0) ?? star;
      const shown = head === 1 && first !== star && pointCount(box) > 1 ? String.fromCodePoint(first) : '';
      return `${shown}***@${domain ? text.slice(at + 1) : '***'}`;
    },
  output: (schema) => ({ type: 'string', maxLength: Number(schema['maxLength'] ?? 320) + 8 }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('email', other);
    if (otherParams === undefined) return undefined;
    const head = Math.min(mine.head, otherParams.head);
    return { name: 'email', params: { head, domain: mine.domain && otherParams.domain } };
  },
  reveals: ({ head, domain }) =>
    revealedParts(
      head === 1 && { zh: '邮箱名第一个字符', en: 'the first character of the mailbox' },
      domain && { zh: '邮件域名', en: 'the mail domain' },
      { zh: '是否为邮箱写法', en: 'whether it has an @' },
    ),
  copies: (points, { head, domain }) => {
    const at = points.lastIndexOf('@');
    return points
      .map((_, i) => i)
      .filter(
        (i) => at >= 0 && ((i === 0 && head === 1 && at > 1 && points[0] !== '*') || (i > at && domain)),
      );
  },
});
