/**
 * The characters of case numbers (办件编号), as the content of a character class: ASCII letters and digits, `. _ : / -`, the brackets of
 * documents (`京教〔2026〕1号`), and Chinese characters. NFC does not change them, and NFKC maps none of them to a digit. None is invisible or
 * changes the direction of a line.
 */
export const caseNumberSigns = 'A-Za-z0-9._:/()\\[\\]〔〕（）【】〇\\u4e00-\\u9fff-';
