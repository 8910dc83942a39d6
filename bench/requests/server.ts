import { createServer } from "node:http";

// The stand-in of `bench requests`, in a process of its own: /small/<n> is a JSON answer of some 300 bytes,
// /page/<n> a page of 40 KB. Tells its port on the channel to its parent.

const PAGE = Buffer.from(`<article><h1>Gull Inn</h1>${"<p>sea view</p>\n".repeat(2560)}`);

const server = createServer((request, response) => {
  const path = request.url ?? "/";
  const isPage = path.startsWith("/page/");
  const body = isPage ? PAGE : Buffer.from(smallAnswer(path));
  response.writeHead(200, {
    "content-type": isPage ? "text/html" : "application/json",
    "content-length": body.length,
  });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());

function smallAnswer(path: string): string {
  const id = path.slice(path.lastIndexOf("/") + 1);
  return JSON.stringify({
    id,
    name: `Gull Inn ${id}`,
    address: `${id} Pelican Avenue`,
    phone: "+1 239-555-0100",
    website: `https://gull-inn-${id}.example.com/`,
    rating: 4.3,
    reviews: 214,
    types: ["lodging", "hotel", "point_of_interest", "establishment"],
    location: { latitude: 26.45, longitude: -81.95 },
  });
}
