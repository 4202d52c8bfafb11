/** A part of the address that names something: nothing has a name that a shell would take for more than a name. */
export const nameInAddress = (part: string): string => (/[\s;&|$()'"*!<>`\\]/.test(part) ? '…' : part);
