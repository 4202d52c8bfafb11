/**
 * The part of `@aws-sdk/client-s3` that the hub uses. The package is loaded by its name, and only where a store is configured: types and
 * modules of a hub without one do not depend on it.
 */
import type { Readable } from 'node:stream';
import type { S3Place } from '../../platform/config/hubConfig.ts';

const packageName = '@aws-sdk/client-s3';
/** Requests for one call: the first, and repetitions with growing pauses. */
export const maxAttempts = 4;
const connectMs = 5_000;
/** Milliseconds without an answer, or without a byte of it. */
const idleMs = 30_000;
const maxSockets = 64;

interface Command<Output> {
  /** never present; binds the type of the answer to the command */
  readonly output?: Output;
}
type CommandOf<Input, Output> = new (input: Input) => Command<Output>;

interface InBucket {
  readonly Bucket: string;
}
interface OfObject extends InBucket {
  readonly Key: string;
}
interface OfUpload extends OfObject {
  readonly UploadId: string;
}
interface Part {
  readonly PartNumber: number;
  readonly ETag: string;
}
interface Listed {
  readonly Key?: string;
}

export interface ObjectPage {
  readonly Contents?: readonly (Listed & { readonly LastModified?: Date; readonly Size?: number })[];
  readonly IsTruncated?: boolean;
}

export interface UploadPage {
  readonly Uploads?: readonly (Listed & { readonly UploadId?: string; readonly Initiated?: Date })[];
  readonly IsTruncated?: boolean;
  readonly NextKeyMarker?: string;
  readonly NextUploadIdMarker?: string;
}

interface Commands {
  readonly CreateMultipartUploadCommand: CommandOf<OfObject, { readonly UploadId?: string }>;
  readonly UploadPartCommand: CommandOf<
    OfUpload & { readonly PartNumber: number; readonly Body: Uint8Array; readonly ContentMD5: string },
    { readonly ETag?: string }
  >;
  readonly CompleteMultipartUploadCommand: CommandOf<
    OfUpload & { readonly MultipartUpload: { readonly Parts: readonly Part[] } },
    unknown
  >;
  readonly AbortMultipartUploadCommand: CommandOf<OfUpload, unknown>;
  readonly GetObjectCommand: CommandOf<OfObject & { readonly Range: string }, { readonly Body?: Readable }>;
  readonly PutObjectCommand: CommandOf<OfObject & { readonly Body: Uint8Array }, unknown>;
  readonly HeadObjectCommand: CommandOf<
    OfObject,
    { readonly ContentLength?: number; readonly LastModified?: Date }
  >;
  readonly DeleteObjectCommand: CommandOf<OfObject, unknown>;
  readonly ListObjectsV2Command: CommandOf<
    InBucket & { readonly Prefix: string; readonly StartAfter?: string },
    ObjectPage
  >;
  readonly ListMultipartUploadsCommand: CommandOf<
    InBucket & { readonly Prefix: string; readonly KeyMarker?: string; readonly UploadIdMarker?: string },
    UploadPage
  >;
}
interface Client {
  send<Output>(command: Command<Output>): Promise<Output>;
  destroy(): void;
}
interface Package extends Commands {
  readonly S3Client: new (options: object) => Client;
}

export interface OpenedClient {
  readonly sdk: Commands;
  readonly client: Client;
}

export async function openClient({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  ca,
}: S3Place): Promise<OpenedClient> {
  const sdk = (await import(packageName)) as Package;
  const client = new sdk.S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts,
    credentials: { accessKeyId, secretAccessKey },
    // other stores lack the newer checksums; Content-MD5 is part of the protocol from its beginning, and every piece is sealed
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: idleMs,
      socketTimeout: idleMs,
      throwOnRequestTimeout: true,
      httpsAgent: { maxSockets, ...(ca === undefined ? {} : { ca }) },
      httpAgent: { maxSockets },
    },
  });
  return { sdk, client };
}
