/** Text → code, by a table in the mapping or a code list of the hub. */
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import type { CodeLists } from '../../../schemas/codelists/codeLists.ts';
import { namedCodes, namedValues, type NamedValues } from '../../../schemas/fewValues.ts';
import { Fault } from '../fault.ts';

type CodeValue = string | number | boolean;

export function codeStep(
  code: string | Readonly<Record<string, CodeValue>>,
  other: CodeValue | null | undefined,
  codeLists: CodeLists,
): (text: string) => CodeValue | null | Fault {
  const table = typeof code === 'string' ? listTable(code, codeLists) : new Map(Object.entries(code));
  const otherwise = other === undefined ? unknownFault(namedIn(code, codeLists)) : other;
  return (text) => table?.get(text) ?? otherwise;
}

const unknownFault = ({ zh, en }: NamedValues): Fault =>
  new Fault('code.unknown', `取值不在代码表中${zh}`, `is not in the code list${en}`);

/** The words of a mapping's own table, or the codes of a list. */
function namedIn(code: string | Readonly<Record<string, CodeValue>>, codeLists: CodeLists): NamedValues {
  if (typeof code !== 'string') return namedValues(Object.keys(code));
  const [id = '', version] = code.split('@');
  return namedCodes(codeLists.few(id, version));
}

/** Whether a list named by a mapping is known here. */
export const codeListKnown = (name: string, codeLists: CodeLists): boolean =>
  listNamed(name, codeLists) !== undefined;

function listNamed(name: string, codeLists: CodeLists): CodeList | undefined {
  const [id = '', version] = name.split('@');
  return codeLists.list(id, version);
}

/** Codes and Chinese and English names of a list, all mapped to the code; a name shared by two codes maps to nothing. */
function listTable(name: string, codeLists: CodeLists): ReadonlyMap<string, string> | undefined {
  const list = listNamed(name, codeLists);
  if (list === undefined) return undefined;
  const table = new Map<string, string>();
  const shared = new Set<string>();
  for (const { code, zh, en } of list.entries) {
    for (const word of en === undefined ? [zh] : [zh, en]) {
      const known = table.get(word);
      if (known !== undefined && known !== code) shared.add(word);
      table.set(word, code);
    }
  }
  for (const word of shared) table.delete(word);
  for (const { code } of list.entries) table.set(code, code);
  return table;
}
