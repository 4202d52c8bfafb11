/** Patterns of MQTT topics (5.0, section 4.7). */

/** Whether a text is a pattern: `+` and `#` fill a level, `#` is the last one. */
export function isTopicPattern(pattern: string): boolean {
  const levels = pattern.split('/');
  return (
    pattern !== '' &&
    Buffer.byteLength(pattern) <= 65_535 &&
    !pattern.includes('\0') &&
    !pattern.startsWith('$') &&
    levels.every(
      (level, i) =>
        level === '+' ||
        (level === '#' ? i === levels.length - 1 : !level.includes('+') && !level.includes('#')),
    )
  );
}

/** Whether a topic matches a pattern. */
export const matchesTopic = (pattern: string, topic: string): boolean =>
  matches(pattern.split('/'), topic.split('/'));

function matches([pattern, ...patterns]: readonly string[], [level, ...levels]: readonly string[]): boolean {
  if (pattern === '#') return true;
  if (pattern === undefined || level === undefined) return pattern === level;
  return (pattern === '+' || pattern === level) && matchesOrParent(patterns, levels);
}

/** `a/#` matches `a` too. */
const matchesOrParent = (patterns: readonly string[], levels: readonly string[]): boolean =>
  levels.length === 0 && patterns.length === 1 && patterns[0] === '#' ? true : matches(patterns, levels);

/** Whether a topic exists that matches both patterns: a broker may then deliver it twice. */
export const overlap = (one: string, other: string): boolean => both(one.split('/'), other.split('/'));

function both(one: readonly string[], other: readonly string[]): boolean {
  const [a, ...as] = one;
  const [b, ...bs] = other;
  if (a === '#' || b === '#') return true;
  if (a === undefined || b === undefined) return a === b || (a ?? b) === '#';
  return (a === '+' || b === '+' || a === b) && both(as, bs);
}
