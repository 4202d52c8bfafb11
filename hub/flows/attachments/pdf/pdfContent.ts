/**
 * Finds in a PDF what a stored file must not contain, while its bytes pass. An object is read at each place where a reader of PDF could begin
 * to read one: after `obj` and `trailer`, wherever they are. So text that pretends to be a string, a comment or a stream hides nothing, and
 * the bytes of streams are no syntax. Object streams are unpacked. Nothing else is: other streams contain no objects.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { PdfObject, unreadable, type PackedObjects } from './pdfObject.ts';

const unpack = promisify(inflate);

/** `1 0 obj`, also where a comment divides it, but not `endobj`. */
const beginning = /(?<![A-Za-z])obj|trailer/g;
const maxBeginningChars = 7;
const endOfStream = 'endstream';

/** Objects that are read at once. More than one are read only where a string or a damaged object seems to contain another. */
const maxOpen = 4;
/** Bytes of one object stream, packed or not, and of all that are unpacked. */
const maxPackedBytes = 16_777_216;
const maxUnpackedBytes = 67_108_864;
/** What unpacking any object stream costs at least, in these bytes: an upload may consist of a million empty ones. */
const minUnpackedBytes = 4_096;
/** Objects of one object stream; usual programs write 100 or 200. */
const maxPackedObjects = 100_000;
/** Bytes that objects outside object streams may read in addition to twice the bytes of the file. */
const maxSharedBytes = 1_048_576;
/** Bytes that are read before other calls get their turn. */
const pieceBytes = 65_536;

interface PackedStream extends PackedObjects {
  readonly pieces: string[];
  bytes: number;
  /** the last characters, where the end may have begun */
  tail: string;
}

export class PdfContent {
  /** what the file must not contain */
  fault: Bilingual | undefined;
  private tail = '';
  private objects: PdfObject[] = [];
  private streams: PackedStream[] = [];
  private unpackedBytes = 0;
  private bytes = 0;
  /** by all objects together */
  private readBytes = 0;
  private turnAt = pieceBytes;

  /** @param piece one character a byte */
  async read(piece: string): Promise<void> {
    if (this.isRefused()) return;
    this.bytes += piece.length;
    const [objects, streams] = [this.objects, this.streams];
    this.objects = [];
    this.streams = [];
    for (const one of streams) await this.collect(one, piece);
    for (const one of objects) await this.continue(one, piece);
    const text = this.tail + piece;
    for (const { 0: mark, index } of text.matchAll(beginning)) {
      const end = index + mark.length;
      if (end <= this.tail.length) continue;
      await this.continue(new PdfObject(), text.slice(end));
      if (this.isRefused()) return;
    }
    this.tail = text.slice(-maxBeginningChars);
  }

  /** After the last piece. */
  async end(): Promise<void> {
    const { objects } = this;
    this.objects = [];
    for (const one of objects) await this.continue(one, ' ');
    if (this.streams.length > 0) this.fault ??= unreadable;
  }

  private isRefused(): boolean {
    return this.fault !== undefined;
  }

  private async continue(object: PdfObject, piece: string): Promise<void> {
    const read = object.read(piece);
    this.readBytes += read;
    if (this.readBytes > this.turnAt) {
      await turn();
      this.turnAt = this.readBytes + pieceBytes;
    }
    this.fault ??= object.fault;
    if (object.packed !== undefined)
      await this.collect({ ...object.packed, pieces: [], bytes: 0, tail: '' }, piece.slice(read));
    else if (!object.isComplete) this.objects.push(object);
    const isNested = this.readBytes > 2 * this.bytes + maxSharedBytes;
    if (isNested || this.objects.length + this.streams.length > maxOpen) this.fault ??= unreadable;
  }

  /** Adds to the bytes of an object stream, up to its end. */
  private async collect(stream: PackedStream, piece: string): Promise<void> {
    const text = stream.tail + piece;
    const end = text.indexOf(endOfStream);
    stream.pieces.push(piece);
    stream.bytes += piece.length;
    stream.tail = text.slice(1 - endOfStream.length);
    if (stream.bytes > maxPackedBytes) this.fault ??= unreadable;
    else if (end === -1) this.streams.push(stream);
    else await this.inspect(stream, stream.pieces.join('').slice(0, stream.bytes - text.length + end));
  }

  private async inspect(stream: PackedObjects, packed: string): Promise<void> {
    // no zlib header begins with white space
    const bytes = Buffer.from(packed.trimStart(), 'latin1');
    const unpacked = await unpack(bytes, { maxOutputLength: maxPackedBytes }).catch(() => undefined);
    this.unpackedBytes += Math.max(unpacked?.length ?? 0, minUnpackedBytes);
    if (unpacked === undefined || this.unpackedBytes > maxUnpackedBytes) this.fault ??= unreadable;
    else this.fault ??= await faultOfPacked(unpacked.toString('latin1'), stream);
  }
}

/** Reads each object of an object stream from its offset, as a reader of PDF does. */
async function faultOfPacked(
  unpacked: string,
  { count, first }: PackedObjects,
): Promise<Bilingual | undefined> {
  const offsets = count > maxPackedObjects ? undefined : offsetsIn(unpacked, count);
  if (offsets === undefined) return unreadable;
  const text = `${unpacked} `; // ends a name
  let [bytes, sinceTurn] = [0, 0];
  for (const offset of offsets) {
    const object = new PdfObject(true);
    for (let at = first + offset; at < text.length && !object.isComplete; at += pieceBytes) {
      const read = object.read(text.slice(at, at + pieceBytes));
      if (object.fault !== undefined) return object.fault;
      bytes += read;
      sinceTurn += read;
      if (sinceTurn < pieceBytes) continue;
      await turn();
      sinceTurn = 0;
    }
    // a reader can be sent into one object from many offsets
    if (bytes > 2 * text.length) return unreadable;
  }
  return undefined;
}

/** Offsets of the objects, from the pairs of number and offset at the beginning; undefined where they are no such pairs. */
function offsetsIn(text: string, count: number): ReadonlySet<number> | undefined {
  const pair = /[\0\t\n\f\r ]*\d{1,10}[\0\t\n\f\r ]+(\d{1,10})(?!\d)/y;
  const offsets = new Set<number>();
  for (let nth = 0; nth < count; nth += 1) {
    const [, offset] = pair.exec(text) ?? [];
    if (offset === undefined) return undefined;
    offsets.add(Number(offset));
  }
  return offsets;
}
