// The bundler itself turns JSX into calls of React: no plugin is needed for that.
export default { esbuild: { jsx: "automatic" } };
