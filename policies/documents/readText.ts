import { JsonFault, readJson } from '../../schemas/readJson.ts';
import { readYaml, type YamlDocument } from './readYaml.ts';

/**
 * The documents of a text: JSON where it is JSON (what is stored and signed; nothing has a place then), else YAML. JSON with doubled
 * names or numbers that would change is read as YAML, which refuses it with its line.
 */
export function readText(text: string, file: string): readonly YamlDocument[] {
  if (!text.trimStart().startsWith('{')) return readYaml(text, file);
  try {
    return [{ value: readJson(text), places: new Map(), findings: [] }];
  } catch (error) {
    if (error instanceof JsonFault) return readYaml(text, file);
    throw error;
  }
}
