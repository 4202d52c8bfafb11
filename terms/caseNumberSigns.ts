/**
 * The signs that case numbers (办件编号) are written with, as the inside of a character class: ASCII letters and digits, `. _ : / -`, the
 * brackets of documents (`京教〔2026〕1号`), and Chinese characters. All of them are as they are in NFC, stand for nothing else in NFKC that
 * could be a digit, and none is invisible or turns the direction of a line.
 */
export const caseNumberSigns = 'A-Za-z0-9._:/()\\[\\]〔〕（）【】〇\\u4e00-\\u9fff-';
