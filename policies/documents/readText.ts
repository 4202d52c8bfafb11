import { JsonFault, readJson } from '../../schemas/readJson.ts';
import { readYaml, type YamlDocument } from './readYaml.ts';

/**
 * Reads the documents of a text: JSON where it is JSON (the stored and signed form; it has no positions), else YAML. JSON with duplicate
 * names or numbers that would change is read as YAML, which rejects it with its line.
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
