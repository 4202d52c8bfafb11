/**
 * Format of a packed leaf, codec 1. It is never changed, because stored rows must remain readable permanently. A leaf packed in another
 * way begins with another byte and needs a migration, so that an older release refuses the database.
 *
 * `01`, length of the leaf (2 bytes), then parts:
 *
 * | first byte | following bytes | content of the leaf |
 * |---|---|---|
 * | 00–1F | 1 to 32 bytes | those bytes |
 * | 20–3F | 1 to 32 pairs of bytes | three characters of `letters` per pair; surplus ones of the last pair are padding |
 * | 40 | 32 bytes | 43 characters of base64url |
 * | 41 | 16 bytes | an id in its form of 36 characters |
 * | 42 | 6 bytes | a time of 24 characters |
 * | 43 | 16 bytes | 32 characters of hex |
 * | 44 | 32 bytes | 64 characters of hex |
 * | 50–5F, 60–6F | a place (1 byte, 2 bytes) | a copy of 5 to 19 bytes from that place; from 20 on its length precedes the place |
 * | 70–7F | 1 byte | the phrase of that number, counted from 128 |
 * | 80–FF | | the phrase of that number |
 */
export const codec1 = 0x01;
/** Bytes before the parts. */
export const headLength = 3;

/** Maximum of literal bytes, and of pairs, of one part. */
export const maxRunLength = 0x20;
export const pairs = 0x20;
export const raw = 0x40;
export const nearCopy = 0x50;
export const farCopy = 0x60;
export const rarePhrase = 0x70;
export const phrase = 0x80;
/** Number of phrases that take one byte. */
export const oftenUsed = 0x80;

/** The shortest text that is written as a place. */
export const minCopy = 5;
/** Value of the low bits of a copy whose length is in a separate byte. */
export const longCopy = 0x0f;
/** Maximum of leaf bytes per packed byte: a copy of 275 bytes takes three. */
export const maxOfAByte = 92;

/** Three of these take two bytes; the number after the last one is padding. */
export const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-._';
export const lettersBase = letters.length + 1;
