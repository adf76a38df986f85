#!/bin/sh
# report.html in a real browser: everything is drawn, in light and dark, at any place of the slider.
. "$(dirname "$0")/lib.sh"
browser=
for name in chromium chromium-browser google-chrome; do
    if [ -z "$browser" ] && command -v "$name" >/dev/null 2>&1; then browser=$name; fi
done
if [ -z "$browser" ]; then
    echo "skipped: no Chromium to look at report.html with"
    exit 0
fi
small_recipe small.yaml
gan-train small.yaml --quiet --out run --steps 100 --sample-every 25 --log-every 20

# page RUN ADDRESS OPTIONS...: the document as it stands after its script has run, in page.html.
page() {
    address=$1/report.html$2
    shift 2
    HOME=$work timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --no-first-run \
        --user-data-dir="$work/profile" --virtual-time-budget=2000 "$@" --dump-dom \
        "file://$work/$address" >page.html 2>browser.txt ||
        fail "the browser stopped: $(tail -n 3 browser.txt)"
}
holds() {
    grep -q -- "$1" page.html || fail "'$1' is not in the page: $(grep -i 'error' browser.txt | head -n 3)"
}

# Losses, D's means, modes, their quality, speed.
page run ''
holds 'data-drawn="5 charts, 4 pictures"'
holds 'finished, step 100 of 100'
holds 'alt="samples at step 100"'
[ "$(grep -o 'points="[0-9]' page.html | wc -l)" -eq 7 ] || fail "not every curve is drawn"
if grep -q NaN page.html; then fail "a number is missing in the page"; fi

page run '#picture=0'
holds 'alt="samples at step 25"'

# A run that ends with less than half of the modes.
gan-train small.yaml --quiet --out collapsed --steps 2
page collapsed ''
holds 'Mode collapse at 1 of 1 looks, the last of them at step 2\.'

# As wide as a telephone's screen nothing is cut off, each curve of a chart has a colour of its own, and
# the page asks for nothing beyond itself (the page beside it does).
gan-train "$source_folder/models/gauss1d.yaml" --quiet --out curve --steps 400 \
    --sample-every 100 --log-every 100
echo '<img src="http://127.0.0.1:9/asked.png">' >asks.html
cat >telephone.html <<'HTML'
<iframe src="curve/report.html" style="width: 390px; height: 800px; border: 0"></iframe>
<iframe src="asks.html"></iframe>
<script>
onload = () => {
  const page = document.querySelector('iframe').contentDocument;
  const wide = [...page.querySelectorAll('body *:not(pre)')].filter((e) => e.getBoundingClientRect().right > 391);
  const colours = [...page.querySelectorAll('figure')].map((f) => {
    const all = [...f.querySelectorAll('polyline')].map((p) => page.defaultView.getComputedStyle(p).stroke);
    return all.length === new Set(all).size;
  });
  const most = Math.max(...[...page.querySelectorAll('figure')].map((f) => f.querySelectorAll('polyline').length));
  const asked = [...document.querySelectorAll('iframe')].map((f) =>
    f.contentWindow.performance.getEntriesByType('resource').length);
  document.body.dataset.asked = asked.join(' and ');
  document.body.dataset.found = `${wide.length} too wide ${wide.map((e) => e.tagName)}, ${colours.every((c) => c)}, ${most}`;
};
</script>
HTML
HOME=$work timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --no-first-run \
    --user-data-dir="$work/profile" --allow-file-access-from-files --virtual-time-budget=2000 --dump-dom \
    "file://$work/telephone.html" >page.html 2>browser.txt || fail "the browser stopped"
holds 'data-found="0 too wide , true, 3"'
holds 'data-asked="0 and 1"'

# Two themes: most of the picture is light in one and dark in the other.
shade() {
    HOME=$work timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --no-first-run \
        --user-data-dir="$work/profile" --window-size=1200,900 "$@" --screenshot="$work/shot.png" \
        "file://$work/run/report.html" >browser.txt 2>&1 || fail "the browser stopped"
    cksum <shot.png
}
light=$(shade --blink-settings=preferredColorScheme=1)
dark=$(shade --blink-settings=preferredColorScheme=0)
[ "$light" != "$dark" ] || fail "the page looks the same in light and dark"
