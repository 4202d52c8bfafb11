/**
 * What a browser of an office may not know of CSS: the console is built for Chromium 109. The build writes what lies in files down to it;
 * styles that are made while a page runs reach the browser as they are. What an older browser passes over without harm has a reason.
 */
interface Later {
  /** the first Chromium that knows it */
  readonly since: number;
  readonly written: RegExp;
  /** a text that has it, for the test of this list */
  readonly example: string;
  /** why a page is as good without it */
  readonly harmless?: string;
}

const declared = (property: string): RegExp => new RegExp(`(?:^|[{;\\s])${property}\\s*:`);

export const laterCss: readonly Later[] = [
  { since: 110, written: /:picture-in-picture/, example: 'video:picture-in-picture{}' },
  { since: 111, written: /\bcolor-mix\(/, example: 'a{color:color-mix(in srgb,red,blue)}' },
  { since: 111, written: /\b(?:ok)?(?:lab|lch)\(/, example: 'a{color:oklch(50% 0.1 20)}' },
  { since: 111, written: /\bcolor\(/, example: 'a{color:color(display-p3 1 0 0)}' },
  {
    since: 111,
    written: /[:\s(,](?:sin|cos|tan|asin|acos|atan2?|pow|sqrt|hypot|log|exp)\(/,
    example: 'a{width:calc(1px * pow(2, 3))}',
  },
  { since: 111, written: /:nth-(?:last-)?child\([^)]* of /, example: 'li:nth-child(2 of .a){}' },
  { since: 111, written: /view-transition/, example: 'a{view-transition-name:x}' },
  // a rule within a rule; at-rules have their own braces
  {
    since: 112,
    written: /(?:^|[{};]\s*)&/,
    example: '.a{color:red;&:hover{color:blue}}',
  },
  { since: 112, written: declared('animation-composition'), example: 'a{animation-composition:add}' },
  { since: 113, written: /[:\s,(]linear\(/, example: 'a{transition-timing-function:linear(0,1)}' },
  { since: 113, written: /(?<!-webkit-)\bimage-set\(/, example: 'a{background:image-set("a.png" 1x)}' },
  { since: 114, written: declared('text-wrap(?:-mode|-style)?'), example: 'p{text-wrap:balance}' },
  { since: 114, written: declared('white-space-collapse'), example: 'p{white-space-collapse:preserve}' },
  { since: 114, written: /:popover-open/, example: 'div:popover-open{}' },
  {
    since: 115,
    written: declared('(?:animation|scroll|view)-timeline'),
    example: 'a{animation-timeline:scroll()}',
  },
  { since: 117, written: /\bsubgrid\b/, example: 'a{grid-template-rows:subgrid}' },
  { since: 117, written: /@starting-style/, example: '@starting-style{a{opacity:0}}' },
  {
    since: 117,
    written: /allow-discrete|transition-behavior/,
    example: 'a{transition-behavior:allow-discrete}',
  },
  { since: 118, written: /@scope\b/, example: '@scope (.a){b{}}' },
  { since: 119, written: /:user-(?:in)?valid/, example: 'input:user-invalid{}' },
  { since: 119, written: /\b(?:rgba?|hsla?|hwb)\(\s*from\b/, example: 'a{color:rgb(from red r g b)}' },
  { since: 120, written: /:dir\(/, example: 'a:dir(rtl){}' },
  {
    since: 120,
    written: /(?:^|[{;\s])mask(?:-image|-size|-position|-repeat|-composite|-clip|-origin)?\s*:/,
    example: 'a{mask-image:none}',
  },
  {
    since: 121,
    written: declared('scrollbar-(?:color|width)'),
    example: 'a{scrollbar-color:red blue}',
    harmless: 'a bar for scrolling in the colours of the machine',
  },
  { since: 123, written: /\blight-dark\(/, example: 'a{color:light-dark(black,white)}' },
  { since: 123, written: declared('field-sizing'), example: 'input{field-sizing:content}' },
  {
    since: 125,
    written: /anchor-name|position-anchor|\banchor(?:-size)?\(|@position-try/,
    example: 'a{anchor-name:--a}',
  },
  { since: 125, written: /[:\s(,](?:round|mod|rem)\(/, example: 'a{width:round(up,1px,2px)}' },
  { since: 129, written: /interpolate-size|calc-size\(/, example: 'a{interpolate-size:allow-keywords}' },
  { since: 133, written: /text-box(?:-trim|-edge)?\s*:/, example: 'a{text-box-trim:both}' },
  { since: 137, written: /[:\s]if\(/, example: 'a{color:if(style(--a):red)}' },
];

/** @returns what of the styles Chromium 109 does not know, each with the text around it */
export function laterThan109(css: string): string[] {
  const plain = css.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/url\((?:"[^"]*"|'[^']*'|[^)]*)\)/g, 'url()');
  return laterCss.flatMap(({ since, written, harmless }) => {
    const at = harmless === undefined ? plain.search(written) : -1;
    return at === -1 ? [] : [`Chromium ${since}: ${plain.slice(Math.max(0, at - 60), at + 60).trim()}`];
  });
}
