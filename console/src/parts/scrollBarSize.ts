/**
 * Replaces @rc-component/util's module of this use (vite.config.ts). The original writes a style without a nonce each time a table measures
 * its scroll bar, which the page's policy blocks and reports. This console gives scroll bars no style of their own.
 */
function measured(): number {
  const box = document.createElement('div');
  box.style.position = 'absolute';
  box.style.width = '100px';
  box.style.height = '100px';
  box.style.overflow = 'scroll';
  document.body.appendChild(box);
  const size = box.offsetWidth - box.clientWidth;
  box.remove();
  return size;
}

export default measured;

export function getTargetScrollBarSize(): { readonly width: number; readonly height: number } {
  const size = measured();
  return { width: size, height: size };
}
