/** Whether this machine stores numbers of an array as `utf16le` writes them; a few machines do not. */
export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
