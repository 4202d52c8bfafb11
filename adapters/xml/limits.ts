import { Problem } from '../../terms/problem.ts';

/** @param what depth, attributes, text or record */
export const tooMuch = (line: number, what: string, limit: number): Problem =>
  new Problem('file_limit_exceeded', { place: `XML ${line}`, what, limit });
