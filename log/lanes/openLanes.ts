import { initialState, places, roundConstants, sha256Lanes } from './sha256Lanes.ts';

/** Hashes that are computed at once. */
export const lanes = 4;

/** The part used here; the engine's types are only declared for browsers. */
declare const WebAssembly: Engine | undefined;
/** only defined in a page */
declare const document: unknown;
interface Engine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** A memory with the constants and the initial state of SHA-256, and the functions on it. */
export interface Lanes {
  readonly memory: ArrayBuffer;
  readonly compress: (state: number) => void;
  readonly hmacs: (groups: number) => void;
  readonly nodes: (groups: number) => void;
}

/**
 * @returns undefined without SIMD: on old processors, in engines that may not compile, and in our pages, whose policy forbids compilation
 */
export function openLanes(): Lanes | undefined {
  const code = sha256Lanes();
  if (typeof WebAssembly === 'undefined' || typeof document !== 'undefined' || !WebAssembly.validate(code))
    return undefined;
  let module: object;
  try {
    module = new WebAssembly.Module(code);
  } catch {
    return undefined;
  }
  const { memory, ...procedures } = new WebAssembly.Instance(module).exports as Omit<Lanes, 'memory'> & {
    readonly memory: { readonly buffer: ArrayBuffer };
  };
  const view = new DataView(memory.buffer);
  writeWords(view, places.constants, roundConstants);
  writeWords(view, places.initial, initialState);
  return { memory: memory.buffer, ...procedures };
}

export function writeWords(view: DataView, at: number, words: readonly number[]): void {
  for (const [i, word] of words.entries()) view.setUint32(at + 4 * i, word, true);
}
