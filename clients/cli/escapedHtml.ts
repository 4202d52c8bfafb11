/** A text as it may stand in a page: names, reasons and case numbers are strangers'. */
export const escapedHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
