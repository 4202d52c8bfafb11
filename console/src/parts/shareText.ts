/** A share as per cent with one decimal. @param share from 0 to 1; undefined: there is none @param number formats a number */
export const shareText = (share: number | undefined, number: (value: number) => string): string =>
  share === undefined ? '—' : `${number(Math.round(share * 1000) / 10)} %`;
