/**
 * The one rule for the name of a field: a Latin identifier of at most 63 characters. It is a column in SQL, a member in JSON, a property
 * in generated types, a word in a filter, a part of an address and a heading of an export. None of them needs a quote or an escape for
 * it. The Chinese name is the title.
 */
export const fieldNamePattern = '[A-Za-z][A-Za-z0-9_]{0,62}';

const whole = new RegExp(`^${fieldNamePattern}$`);

/** Whether a text may be the name of a field. */
export const isFieldName = (text: string): boolean => whole.test(text);

/** The name at the beginning of a text, such as that of `permit_no=12`; undefined where there is none. */
export const fieldNameAt = (text: string): string | undefined => /^[A-Za-z][A-Za-z0-9_]*/.exec(text)?.[0];

/** Five digits may be a part of a number of a person. */
const shown = /^(?!.*\d{5})\$?[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** Whether the name of a member that no schema knows may be shown and stored: it could be that of a field, and no personal data. */
export const mayShowName = (name: string): boolean => shown.test(name);
