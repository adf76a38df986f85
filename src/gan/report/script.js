'use strict';
// Draws a run's report from the JSON in the page. It asks nothing of any network.
const run = JSON.parse(document.getElementById('data').textContent);
const at = (id) => document.getElementById(id);

// --- Numbers and elements --------------------------------------------------------------------------

const whole = (value) => Number(value).toLocaleString('en');
const short = (value) => {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
};
const duration = (seconds) => {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
};
const bytes = (count) => `${(count / 1048576).toFixed(1)} MiB (${whole(count)} bytes)`;

function element(name, attributes = {}, text = null) {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== null) made.textContent = text;
  return made;
}

// --- What this run is ------------------------------------------------------------------------------

const states = {
  training: 'training', finished: 'finished', stopped: 'stopped; goes on with --resume',
  diverged: 'diverged; the checkpoint before is kept',
};

function showHeader() {
  const share = run.steps > 0 ? run.step / run.steps : 0;
  const elapsed = run.history.length > 0 ? run.history[run.history.length - 1].elapsed_s : 0;
  at('name').textContent = run.name;
  at('state').textContent = `${states[run.state]}, step ${whole(run.step)} of ${whole(run.steps)}, ` +
    `${duration(elapsed)} of training, written ${new Date(run.written * 1000).toLocaleString()}`;
  at('state').classList.toggle('diverged', run.state === 'diverged');
  at('progress').setAttribute('aria-valuenow', Math.round(100 * share));
  at('progress').firstElementChild.style.width = `${100 * Math.min(share, 1)}%`;
}

function showFacts() {
  const facts = [
    ['device', run.device], ['driver', run.driver],
    ['data', `${run.data.kind}, ${whole(run.data.count)} samples of ${run.sample}`],
    ['seed', run.seed], ['device memory', bytes(run.device_bytes)],
    ['launches a step', whole(run.launches_per_step)], ['clgan', run.clgan],
  ];
  for (const [name, value] of facts) {
    const row = at('run').insertRow();
    row.append(element('th', { scope: 'row' }, name), element('td', {}, value));
  }
  at('recipe').textContent = run.recipe;
}

// The layers of each network below its name and the sum of its parameters.
function showLayers() {
  for (const network of new Set(run.layers.map((layer) => layer.network))) {
    const own = run.layers.filter((layer) => layer.network === network);
    const sum = own.reduce((total, layer) => total + layer.parameters, 0);
    at('layers').insertRow().append(element('th', { scope: 'rowgroup', colspan: 3 }, network),
      element('td', { class: 'number' }, whole(sum)));
    for (const layer of own)
      at('layers').insertRow().append(element('td', {}, layer.index),
        element('td', {}, layer.kind.replaceAll('_', '_\u200b')), // a long name may break there
        element('td', {}, layer.output),
        element('td', { class: 'number' }, layer.parameters > 0 ? whole(layer.parameters) : ''));
  }
}

// --- Curves ----------------------------------------------------------------------------------------

// A chart is drawn where any of its keys has a value.
const charts = [
  { title: 'Losses', keys: { d_loss: 'discriminator', g_loss: 'generator', e_loss: 'encoder' } },
  { title: 'Information of codes (nats, at least)',
    keys: { categorical_information: 'categories', continuous_information: 'continuous' } },
  { title: 'D’s mean', keys: { d_real: 'real', d_fake: 'generated' }, low: 0, high: 1 },
  { title: 'Gradient norms', low: 0,
    keys: { d_gradient: 'discriminator', g_gradient: 'generator', e_gradient: 'encoder' } },
  { title: 'Distance from equilibrium', keys: { distance: 'both players' }, low: 0 },
  { title: 'Angle turned about it (radians)', keys: { rotation: 'both players' }, low: 0 },
  { title: 'Modes captured', keys: { modes: 'modes' }, low: 0 },
  { title: 'High-quality samples', keys: { high_quality: 'share' }, low: 0, high: 1 },
  { title: 'D where both densities matter', low: 0, high: 1,
    keys: { d_lowest: 'lowest', d_highest: 'highest', optimum_distance: 'from the optimum' } },
  { title: 'Samples a second', keys: { images_per_s: 'samples/s' }, low: 0 },
];
const colors = ['first', 'second', 'third'];
const frame = { width: 440, height: 200, left: 46, right: 8, top: 8, bottom: 20 };

const hasValue = (line, key) => typeof line[key] === 'number';

// About `count` round numbers from `low` to `high`.
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const out = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-9; value += step) out.push(value);
  return out;
}

function valueRange(chart, keys) {
  const values = run.history.flatMap((line) => keys.map((key) => line[key]))
    .filter((value) => typeof value === 'number');
  let low = chart.low ?? Math.min(...values), high = chart.high ?? Math.max(...values);
  if (high - low < 1e-12) { low -= chart.low === undefined ? 0.5 : 0; high += 0.5; }
  return [low, high];
}

function scale(low, high, from, to) {
  return (value) => from + (to - from) * (high > low ? (value - low) / (high - low) : 0.5);
}

function gridLines(x, y, steps, values) {
  const { width, height, left, right, bottom } = frame;
  let out = '';
  for (const value of ticks(...values, 4))
    out += `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`;
  for (const step of ticks(...steps, 4))
    out += `<text x="${x(step)}" y="${height - bottom + 16}" text-anchor="middle">${short(step)}</text>`;
  return out;
}

const points = (key, x, y) => run.history.filter((line) => hasValue(line, key))
  .map((line) => `${x(line.step).toFixed(1)},${y(line[key]).toFixed(1)}`).join(' ');

// The caption names each curve, and its value at the line of the history it is given.
function caption(chart, keys, line) {
  const out = element('figcaption', {}, chart.title);
  keys.forEach((key, i) => out.append(element('span', { class: colors[i] },
    `${chart.keys[key]} ${hasValue(line, key) ? short(line[key]) : ''}`)));
  return out;
}

// Moving over a chart shows the values at the nearest line of the history.
function follow(figure, chart, keys, x) {
  const cursor = figure.querySelector('.cursor');
  const show = (line) => figure.replaceChild(caption(chart, keys, line), figure.firstElementChild);
  const drawing = figure.querySelector('svg');
  const own = run.history.filter((line) => keys.some((key) => hasValue(line, key)));
  drawing.addEventListener('pointermove', (event) => {
    const box = drawing.getBoundingClientRect();
    const place = (event.clientX - box.left) * frame.width / box.width;
    const line = own.reduce((a, b) => (Math.abs(x(b.step) - place) < Math.abs(x(a.step) - place) ? b : a));
    cursor.setAttribute('transform', `translate(${x(line.step)} 0)`);
    cursor.style.visibility = 'visible';
    cursor.nextElementSibling.textContent = `step ${whole(line.step)}`;
    show(line);
  });
  drawing.addEventListener('pointerleave', () => {
    cursor.style.visibility = 'hidden';
    cursor.nextElementSibling.textContent = '';
    show(own[own.length - 1]);
  });
}

function drawChart(chart) {
  const keys = Object.keys(chart.keys).filter((key) => run.history.some((line) => hasValue(line, key)));
  if (keys.length === 0) return;
  const { width, height, left, right, top, bottom } = frame;
  const values = valueRange(chart, keys);
  const steps = [run.history[0].step, run.history[run.history.length - 1].step];
  const x = scale(...steps, left, width - right), y = scale(...values, height - bottom, top);
  const own = run.history.filter((line) => keys.some((key) => hasValue(line, key)));
  const figure = element('figure');
  figure.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.title}">` +
    gridLines(x, y, steps, values) +
    keys.map((key, i) => `<polyline class="${colors[i]}" points="${points(key, x, y)}"/>`).join('') +
    `<line class="cursor" visibility="hidden" y1="${top}" y2="${height - bottom}"/>` +
    `<text x="${width - right}" y="${top + 8}" text-anchor="end"></text></svg>`;
  figure.prepend(caption(chart, keys, own[own.length - 1]));
  at('curves').append(figure);
  follow(figure, chart, keys, x);
}

function showCurves() {
  if (run.history.length > 0) charts.forEach(drawChart);
  const note = (text) => at('curves').append(element('p', { class: 'note' }, text));
  const { looks, collapsed, last } = run.collapse;
  if (collapsed > 0)
    note(`Mode collapse at ${whole(collapsed)} of ${whole(looks)} looks, ` +
      `the last of them at step ${whole(last)}.`);
  if (run.history_every > 1) note(`Drawn from one line in ${run.history_every} of metrics.jsonl.`);
}

// --- Pictures of samples ---------------------------------------------------------------------------

// The place of the slider stands in the page's address, so that it outlives a reload.
function showPictures() {
  const last = run.pictures.length - 1, slider = at('slider');
  if (last < 0) return;
  let timer = null;
  const show = (index) => {
    const picture = run.pictures[index];
    slider.value = index;
    at('picture').src = `data:image/png;base64,${picture.png}`;
    at('picture').alt = `samples at step ${picture.step}`;
    at('samples-step').textContent = `at step ${whole(picture.step)}`;
    history.replaceState(null, '', index < last ? `#picture=${index}` : '#');
  };
  const stop = () => { clearInterval(timer); timer = null; at('play').textContent = 'play'; };
  const start = () => {
    at('play').textContent = 'stop';
    show(Number(slider.value) < last ? Number(slider.value) : 0);
    timer = setInterval(() => (Number(slider.value) < last ? show(Number(slider.value) + 1) : stop()), 300);
  };
  slider.max = last;
  slider.addEventListener('input', () => { stop(); show(Number(slider.value)); });
  at('play').addEventListener('click', () => (timer === null ? start() : stop()));
  at('samples').hidden = false;
  const asked = /^#picture=(\d+)$/.exec(location.hash);
  show(asked ? Math.min(Number(asked[1]), last) : last);
}

showHeader();
showFacts();
showLayers();
showCurves();
showPictures();
// While the run goes on, the file is written anew; look at it again.
if (run.state === 'training') setTimeout(() => location.reload(), 30000);
document.documentElement.dataset.drawn =
  `${document.querySelectorAll('figure').length} charts, ${run.pictures.length} pictures`;
