/** Which field of a draft says whom a row is about. */
import type { Guess } from './guessField.ts';
import type { Column } from './table.ts';

interface Candidate {
  readonly field: string;
  readonly column: Column;
  readonly guess: Guess;
}

/** Somebody whom a row mentions and is not about. */
const another =
  /监护|配偶|父|母|子女|法定代表|法人|代表人|联系人|代理|委托|经办|负责|户主|申报|医师|医生|guardian|spouse|father|mother|parent|agent|contact|legal|operator|^(jhr|fr|po|hz)/i;

/** The proposal: a person's own identity number, else an organisation's code; a key before others. Undefined where there is none. */
export function proposeSubject(
  fields: readonly Candidate[],
): { readonly field: string; readonly kind: 'person' | 'organization' } | undefined {
  const tagged = (tag: string): readonly Candidate[] => {
    const own = fields.filter(
      ({ guess, column: { name, title = '' } }) =>
        guess.schema['x-semantic'] === tag && !another.test(name) && !another.test(title),
    );
    return [...own.filter(isKey), ...own.filter((one) => !isKey(one))];
  };
  const [person] = tagged('cn.resident-id');
  const [organization] = tagged('cn.uscc');
  if (person !== undefined && (isKey(person) || organization === undefined || !isKey(organization)))
    return { field: person.field, kind: 'person' };
  return organization === undefined ? undefined : { field: organization.field, kind: 'organization' };
}

function isKey({ column }: Candidate): boolean {
  return column.key === true;
}
