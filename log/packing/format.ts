/**
 * How a packed leaf of codec 1 is written. It is never altered: whoever has a row has to be able to read it for ever. A leaf packed in another
 * way begins with another byte, and comes with a migration, so that an older release refuses the database.
 *
 * `01`, length of the leaf (2 bytes), then parts of it:
 *
 * | first byte | what follows | the leaf has there |
 * |---|---|---|
 * | 00–1F | 1 to 32 bytes | those bytes |
 * | 20–3F | 1 to 32 pairs of bytes | three signs of `letters` a pair; the last of them says nothing where it fills up |
 * | 40 | 32 bytes | 43 signs of base64url |
 * | 41 | 16 bytes | an id in its form of 36 signs |
 * | 42 | 6 bytes | a time of 24 signs |
 * | 43 | 16 bytes | 32 signs of hex |
 * | 44 | 32 bytes | 64 signs of hex |
 * | 50–5F, 60–6F | a place (1 byte, 2 bytes) | what stands at that place of the same leaf: 5 to 19 bytes, from 20 on as a byte ahead of the place says |
 * | 70–7F | 1 byte | the phrase of that number, counted from 128 |
 * | 80–FF | | the phrase of that number |
 */
export const codec1 = 0x01;
/** Bytes ahead of the parts. */
export const headLength = 3;

/** Most bytes as they stand, and most pairs, of one part. */
export const maxRunLength = 0x20;
export const pairs = 0x20;
export const raw = 0x40;
export const nearCopy = 0x50;
export const farCopy = 0x60;
export const rarePhrase = 0x70;
export const phrase = 0x80;
/** Phrases that take one byte. */
export const oftenUsed = 0x80;

/** The shortest text that is written as a place. */
export const minCopy = 5;
/** What the low bits of a copy say where its length stands in a byte of its own. */
export const longCopy = 0x0f;
/** No byte of a packed leaf stands for more bytes of the leaf than this: a copy of 275 has three. */
export const maxOfAByte = 92;

/** Three of these are two bytes; the number behind the last one fills up. */
export const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-._';
export const lettersBase = letters.length + 1;
