// Runs in a worker of its own: Python, and the page's session in it. It is told
// which files there are, gets them in parts, and then answers.

const files = {};
let bytes, filled, manifest, answer, id;

const unpacked = async (part) => {
  const stream = new Blob([part]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const take = (text) => {
  const part = atob(text);
  for (let i = 0; i < part.length; i++) bytes[filled + i] = part.charCodeAt(i);
  filled += part.length;
};

const sortOut = async () => {
  let start = 0;
  for (const { name, size, packed } of manifest) {
    const part = bytes.subarray(start, start + size);
    files[name] = packed ? await unpacked(part) : part;
    start += size;
  }
  bytes = null;
};

const SITE = "/lib/python3.13/site-packages";

const start = async () => {
  await sortOut();
  // Pyodide asks for its files as if from a server; here they are
  self.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(files[name], { headers: { "content-type": type } });
  };
  const text = (name) => new TextDecoder().decode(files[name]);
  for (const name of ["pyodide.asm.js", "pyodide.js"]) new Function(text(name))();
  const lockFileContents = text("pyodide-lock.json");
  const python = await self.loadPyodide({ indexURL: "https://nowhere.invalid/", lockFileContents });
  for (const name of ["numpy.zip", "package.zip"]) {
    python.unpackArchive(files[name], "zip", { extractDir: SITE });
    delete files[name];
  }
  self.tell = (told) => postMessage({ id, told });
  answer = python.pyimport("chainrule.session").answering(self.tell);
  postMessage({ ready: JSON.parse(answer("versions")) });
};

self.onmessage = async ({ data }) => {
  try {
    if (data.manifest) {
      manifest = data.manifest;
      bytes = new Uint8Array(manifest.reduce((sum, file) => sum + file.size, 0));
      filled = 0;
    } else if (data.part) {
      take(data.part);
      if (filled === bytes.length) await start();
    } else {
      id = data.id;
      postMessage({ id, outcome: JSON.parse(answer(...data.ask)) });
    }
  } catch (error) {
    postMessage({ id: data.id, failed: String(error.message ?? error) });
  }
};
