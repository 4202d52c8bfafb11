/** The register of matters as a report counts by it: from a file of `datong catalogue matter list --json`, or from the hub. */
import type { CountedMatter } from '../../../../log/savedMaterials.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { readBoundedText } from '../../boundedFile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';

const longest = 16 * 1024 * 1024;

/** @throws VerbFailure (exit 4) for what is no such list */
export function readMatters(file: string): readonly CountedMatter[] {
  try {
    const { matters } = JSON.parse(readBoundedText(file, longest)) as { matters?: unknown };
    if (isRegister(matters)) return matters;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  throw new VerbFailure(
    exitCode.local,
    { zh: `${file} 不是事项清单`, en: `${file} is no list of matters` },
    {
      zh: '用 datong catalogue matter list --json 取得',
      en: 'get one with datong catalogue matter list --json',
    },
  );
}

/** All pages. */
export async function registeredMatters(
  get: (path: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<readonly CountedMatter[]> {
  const found: CountedMatter[] = [];
  let cursor: unknown;
  do {
    const rest = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await get(`/v1/matters?limit=200${rest}`);
    found.push(...(page['matters'] as readonly CountedMatter[]));
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string');
  return found;
}

const isRegister = (value: unknown): value is readonly CountedMatter[] =>
  Array.isArray(value) && value.every((one) => isMatter(one as Partial<CountedMatter> | null));

const isMatter = (one: Partial<CountedMatter> | null): boolean =>
  typeof one?.code === 'string' &&
  isTitle(one.title) &&
  Array.isArray(one.materials) &&
  one.materials.every(
    (material: Partial<CountedMatter['materials'][number]> | null) =>
      isTitle(material?.title) &&
      Array.isArray(material?.fields) &&
      material.fields.every((field) => typeof field === 'string'),
  );

const isTitle = (title: Bilingual | undefined): boolean =>
  typeof title?.zh === 'string' && typeof title.en === 'string';
