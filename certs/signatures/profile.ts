/** Constants of the wire profile `datong-sig-1` (docs/api.md). */
export const profileName = 'datong-sig-1';
export const requestLabel = 'req';
export const replyLabel = 'res';
export const requestTag = 'datong-req-1';
export const replyTag = 'datong-res-1';
/** The head of a stream: its bytes are not known yet; the lines that follow sign them. */
export const streamTag = 'datong-stream-1';

/** Seconds by which a caller's clock may differ from the hub's. */
export const skewSeconds = 30;
/** Longest `expires − created` in seconds; clients use 60. */
export const maxLifetimeSeconds = 300;
export const usualLifetime = 60;
/** 16 random bytes in base64url. */
export const nonceLength = 22;

/** Longest Signature-Input and longest value of a signed header, in characters. */
export const maxSignatureInputLength = 2048;
export const maxHeaderValueLength = 512;
/** Maximum of covered components of a request; the profile defines fewer. */
export const maxComponents = 24;

/** The product's own request headers. Any other `datong-…` header of a request is rejected. */
export const datongHeaders = [
  'datong-purpose',
  'datong-agreement',
  'datong-on-behalf-of',
  'datong-matter',
  'datong-idempotency-key',
] as const;
export type DatongHeader = (typeof datongHeaders)[number];

const known: ReadonlySet<string> = new Set(datongHeaders);
export const isDatongHeader = (name: string): name is DatongHeader => known.has(name);

/** Headers that must be signed whenever they are sent. */
export function mustBeCovered(name: string): boolean {
  switch (name) {
    case 'content-type':
    case 'content-digest':
    case 'accept':
    case 'range':
      return true;
    default:
      return name.startsWith('if-') || name.startsWith('datong-') || name.startsWith('ce-');
  }
}
