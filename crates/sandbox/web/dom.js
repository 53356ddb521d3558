// Elements and icons, each made in one call. Nothing here takes HTML: see rich.js for that.

const SVG = 'http://www.w3.org/2000/svg';

// Drawn on a 24 by 24 grid with a stroke; a path that ends in "#" is filled.
const ICONS = {
  add: ['M12 5v14M5 12h14'],
  alert: ['M12 8v5M12 16.5v.01', 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z'],
  attach: [
    'M20 11.5l-7.8 7.8a5 5 0 0 1-7.1-7.1l8.2-8.2a3.4 3.4 0 0 1 4.8 4.8l-8.2 8.2a1.7 1.7 0 0 1-2.4-2.4l7.3-7.3',
  ],
  back: ['M15 5l-7 7 7 7'],
  block: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M6 6l12 12'],
  close: ['M6 6l12 12M18 6L6 18'],
  copy: ['M9 9h10v11H9z', 'M15 9V4H5v11h4'],
  dots: ['M12 5v.01M12 12v.01M12 19v.01'],
  down: ['M6 9.5l6 6 6-6'],
  download: ['M12 4v11M7 10.5l5 5 5-5M5 20h14'],
  file: ['M6 3h8l5 5v13H6z', 'M14 3v5h5'],
  gear: [
    'M4 7h9M17 7h3M4 17h3M11 17h9',
    'M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
    'M9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  ],
  keyboard: ['M3 6h18v12H3z', 'M7 10v.01M11 10v.01M15 10v.01M18 10v.01M8 14h8'],
  link: ['M8 16L16 8M9.5 8H16v6.5'],
  pause: ['M8 5h3v14H8zM14 5h3v14h-3z#'],
  play: ['M8 5.5v13l10.5-6.5z#'],
  reply: ['M9 7l-5 5 5 5', 'M4 12h9a7 7 0 0 1 7 7'],
  send: ['M4 12l16-8-5 16-3.5-6.5z', 'M11.5 13.5L20 4'],
  slash: ['M4 4h16v16H4z', 'M14 8l-4 8'],
  star: ['M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z#'],
};

// Makes an element. `props` are attributes, except functions, which listen ("onclick"),
// and `dataset` and `style`, which are objects. What is null or false is left out.
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (name === 'dataset') Object.assign(made.dataset, value);
    else if (name === 'style')
      for (const [key, to] of Object.entries(value)) made.style.setProperty(key, to);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  for (const shape of ICONS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', shape.replace('#', ''));
    if (shape.endsWith('#')) path.setAttribute('class', 'filled');
    svg.append(path);
  }
  return svg;
}

// A button that shows only an icon; its name is for those who can't see it, and a tooltip.
export function iconButton(name, label, onclick, props = {}) {
  const shown = { ...props, class: `icon-button ${props.class ?? ''}`.trim() };
  return el(
    'button',
    { type: 'button', 'aria-label': label, title: label, onclick, ...shown },
    icon(name),
  );
}

// A round picture with the first letters of a name. People have colours from all around, by their
// ids; bots keep to the greens and blues.
export function face(name, id, look = '') {
  const words = name.trim().split(/\s+/).slice(0, 2);
  const letters = words.map((word) => [...word][0] ?? '').join('');
  const turn = Math.abs(id) * 137;
  const hue = look.includes('bot') ? 152 + (turn % 70) : (turn + 20) % 360;
  const props = { class: `face ${look}`, 'aria-hidden': 'true', style: { '--hue': String(hue) } };
  return el('span', props, letters.toUpperCase());
}
