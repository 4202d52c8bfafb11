import type { PolicyFinding } from '../finding.ts';
import { documentName, type PolicyDocument } from '../documents/storedDocument.ts';

/** Collects the findings of one document, each with the line of the nearest place that has one. */
export class Report {
  private readonly document: PolicyDocument;
  private readonly findings: PolicyFinding[];
  /** a grant is checked for each of its purposes and parties: what is true of all is reported once */
  private readonly reported = new Set<string>();

  constructor(document: PolicyDocument, findings: PolicyFinding[]) {
    this.document = document;
    this.findings = findings;
  }

  error(code: string, path: string, zh: string, en: string): void {
    this.add('error', code, path, zh, en);
  }

  warning(code: string, path: string, zh: string, en: string): void {
    this.add('warning', code, path, zh, en);
  }

  private add(level: PolicyFinding['level'], code: string, path: string, zh: string, en: string): void {
    const key = JSON.stringify([level, code, path, zh]);
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.findings.push({
      code,
      level,
      document: documentName(this.document),
      path,
      ...this.placeOf(path),
      message: { zh, en },
    });
  }

  private placeOf(path: string): { line: number; column: number } | undefined {
    for (let at = path; this.document.places !== undefined; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = this.document.places.get(at);
      if (place !== undefined || at === '') return place;
    }
    return undefined;
  }
}
