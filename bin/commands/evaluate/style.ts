/** The page's look, light and dark. Series: blue is matches, orange the rest, green the third. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #f6f6f3; --card: #fdfdfc; --ink: #10100f; --soft: #55544f; --faint: #85837c; --grid: #e6e5df; --axis: #bdbbb1; --edge: rgba(16,16,15,.09);
  --match: #2a78d6; --other: #e8843c; --third: #159a6c; --against: #d9483b; --sum: #6b6a64; --own: #10100f; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0e0e0d; --card: #191918; --ink: #f6f5f0; --soft: #bfbdb3; --faint: #8c8a82; --grid: #2b2b28; --axis: #4a4944; --edge: rgba(255,255,255,.09);
  --match: #4a92ea; --other: #d9803f; --third: #27a97c; --against: #e4695f; --sum: #9a988f; --own: #f6f5f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 44px 24px 64px; }
h1 { font-size: 30px; line-height: 1.15; letter-spacing: -.02em; margin: 0 0 6px; font-weight: 650; }
h2 { font-size: 16px; margin: 0 0 2px; font-weight: 620; letter-spacing: -.005em; }
h3 { font-size: 13px; margin: 0; font-weight: 600; }
p { margin: 0; color: var(--soft); } .lead { margin-bottom: 26px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin-bottom: 14px; }
.tile, .card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; }
.tile { padding: 14px 16px 12px; } .tile b { display: block; white-space: nowrap; font-size: 27px; line-height: 1.2; font-weight: 620; letter-spacing: -.02em; }
.tile span { color: var(--soft); font-size: 13px; } .tile i { display: block; font-style: normal; color: var(--faint); font-size: 12px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 14px; align-items: start; }
.card { padding: 18px 20px 14px; min-width: 0; } .wide { grid-column: 1 / -1; } .card > p { font-size: 13px; min-height: 20px; }
svg { display: block; width: 100%; height: auto; margin-top: 12px; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 8px; font-size: 12.5px; color: var(--soft); }
.legend span::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; background: var(--c); }
.legend .round::before { border-radius: 50%; }
text { font: 11.5px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
.tick, .value { fill: var(--faint); font-variant-numeric: tabular-nums; font-size: 11px; } .title { fill: var(--faint); }
.middle { text-anchor: middle; } .end { text-anchor: end; } .group { fill: var(--ink); font-weight: 600; font-size: 12px; } .strong { fill: var(--ink); font-weight: 600; }
.note { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--grid); } .axis { stroke: var(--axis); } .link { stroke: var(--axis); stroke-width: 1.5; } .diagonal { stroke: var(--faint); stroke-dasharray: 3 4; }
.mark.match, .match { fill: var(--match); } .mark.other, .other { fill: var(--other); } .for { fill: var(--match); } .against { fill: var(--against); } .sum { fill: var(--sum); }
circle.match, circle.other { stroke: var(--card); stroke-width: 1.5; }
.bubble { fill: var(--match); fill-opacity: .75; stroke: var(--card); stroke-width: 1.5; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; } .line.match { stroke: var(--match); fill: none; } .line.other { stroke: var(--other); fill: none; } .line.third { stroke: var(--third); }
.dot-own { fill: var(--own); stroke: var(--card); stroke-width: 2; } .dot-best { fill: var(--other); stroke: var(--card); stroke-width: 2; }
.mark:hover { filter: brightness(1.15); } .hit { fill: transparent; } .hit:hover { fill: var(--ink); fill-opacity: .07; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; margin-top: 10px; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--faint); font-weight: 500; } th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--grid); } tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; } td.n { white-space: nowrap; } td.id { overflow-wrap: anywhere; } .falls { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 18px 28px; margin-top: 14px; }
.falls p { font-size: 12.5px; overflow-wrap: anywhere; } .notes { margin: 0 0 18px; color: var(--soft); font-size: 13px; padding-left: 18px; }
footer { color: var(--faint); font-size: 12.5px; margin-top: 26px; }
@media print { body { background: none; } .card, .tile { break-inside: avoid; } }
`;
