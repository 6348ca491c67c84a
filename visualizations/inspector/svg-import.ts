import { svg } from './dom.ts';

const ELEMENTS = ['svg', 'g', 'path', 'rect', 'circle', 'text', 'tspan', 'title'] as const;
const ATTRIBUTES = new Set([
  ...['class', 'viewBox', 'width', 'height', 'x', 'y', 'd', 'cx', 'cy', 'r', 'rx', 'fill', 'transform'],
  ...['pathLength', 'textLength', 'lengthAdjust', 'stroke-dasharray', 'data-state', 'data-edge'],
]);

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string },
  ): { createHTML(text: string): string };
}

/** Browsers with trusted types parse only what a policy let pass; this one is for the drawings of our own server. */
const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  'inspector',
  {
    createHTML: (text) => {
      if (!text.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')) throw new TypeError('Not a drawing');
      return text;
    },
  },
);

/**
 * Turns the text of a drawing into elements. Only what a drawing is made of is copied: what the parser made of the text, with
 * whatever scripts and references, never becomes part of the page.
 */
export function importSvg(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(policy?.createHTML(text) ?? text, 'image/svg+xml');
  const copy = copyOf(parsed.documentElement);
  if (!(copy instanceof SVGSVGElement)) throw new TypeError('Not a drawing');
  return copy;
}

function copyOf(element: Element): SVGElement | undefined {
  const tag = ELEMENTS.find((name) => name === element.localName);
  if (tag === undefined) return undefined;
  const copy: SVGElement = svg(tag);
  for (const { name, value } of element.attributes) {
    if (ATTRIBUTES.has(name)) copy.setAttribute(name, value);
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent ?? '');
    else if (child instanceof Element) copy.append(copyOf(child) ?? '');
  }
  return copy;
}
