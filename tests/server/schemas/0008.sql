BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-30 21:06:52.758000','setup','district-made','01a22e48-30d0-70be-8c89-dbed76344390');
INSERT INTO "audit" VALUES(2,'2026-11-30 21:06:52.768000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-30 21:06:52.771000','cli','school-added','01a22e48-30e2-7085-8191-a6f0172b1a80');
INSERT INTO "audit" VALUES(4,'2026-11-30 21:06:52.772000','cli','school-added','01a22e48-30e4-7710-ab5b-7aeba15dd516');
INSERT INTO "audit" VALUES(5,'2026-11-30 21:06:52.781000','cli','officer-added','01a22e48-30ec-789b-ace7-4ca9e722e200');
INSERT INTO "audit" VALUES(6,'2026-11-30 21:06:52.783000','cli','officer-posted','01a22e48-30ec-789b-ace7-4ca9e722e200');
INSERT INTO "audit" VALUES(7,'2026-11-30 21:06:52.784000','cli','officer-added','01a22e48-30ef-78d9-8700-899a6ffc8165');
INSERT INTO "audit" VALUES(8,'2026-11-30 21:06:52.785000','cli','officer-posted','01a22e48-30ef-78d9-8700-899a6ffc8165');
INSERT INTO "audit" VALUES(9,'2026-11-30 21:06:52.792000','cli','place-added','01a22e48-30f8-7368-bca4-81b326c5937a');
INSERT INTO "audit" VALUES(10,'2026-11-30 21:06:52.801000','cli','tag-made','01a22e48-30f8-7368-bca4-81b326c5937a v1');
INSERT INTO "audit" VALUES(11,'2026-11-30 21:06:52.817000','cli','enrolment-code-made','01a22e48-30ec-789b-ace7-4ca9e722e200');
INSERT INTO "audit" VALUES(12,'2026-11-30 21:06:53.007000','device:01a22e48-3172-7a20-bddf-6d4f2c075016','device-enrolled','01a22e48-30ec-789b-ace7-4ca9e722e200');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a22e48-3172-7a20-bddf-6d4f2c075016','2026-11-30 21:06:53.147000');
CREATE TABLE cards (
	slug VARCHAR(8) NOT NULL, 
	officer VARCHAR(36), 
	school VARCHAR(36), 
	active BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (slug), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE TABLE devices (
	id VARCHAR(36) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	platform VARCHAR(40) NOT NULL, 
	app VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "devices" VALUES('01a22e48-3172-7a20-bddf-6d4f2c075016','01a22e48-30ec-789b-ace7-4ca9e722e200','a7452e5c540bfed8179aecf4e9716f2406e37d8e24d6f123d3b47347b6a817cd','Test phone','','0.1.0','2026-11-30 21:06:53.007000','2026-11-30 21:06:53.007000',NULL);
CREATE TABLE district (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	non_emergency VARCHAR(40) NOT NULL, 
	tip_line VARCHAR(200) NOT NULL, 
	policy JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('01a22e48-30d0-70be-8c89-dbed76344390','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-30 21:06:52.752000');
CREATE TABLE enrolment_codes (
	code_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	made_by VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by VARCHAR(36), 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "enrolment_codes" VALUES('0e5291c2be90ce66a6dcd04c1f54e6d7a2153e29b846c0185a5b243f3ee2fcd5','01a22e48-30ec-789b-ace7-4ca9e722e200','cli','2026-11-30 21:06:52.817000','2026-12-03 21:06:52.817000','2026-11-30 21:06:53.007000','01a22e48-3172-7a20-bddf-6d4f2c075016');
CREATE TABLE family_requests (
	record VARCHAR(36) NOT NULL, 
	reference VARCHAR(16) NOT NULL, 
	sender VARCHAR(32), 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (record), 
	UNIQUE (reference)
);
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-30 21:06:52.767000');
CREATE TABLE hand_ins (
	vault VARCHAR(32) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	files JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	opened_at DATETIME, 
	PRIMARY KEY (vault, officer), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE officers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	badge VARCHAR(40) NOT NULL, 
	title VARCHAR(100) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	languages JSON NOT NULL, 
	photo VARCHAR(64), 
	role VARCHAR(20) NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, away_until DATE, substitute VARCHAR(36), 
	PRIMARY KEY (id), 
	UNIQUE (badge)
);
INSERT INTO "officers" VALUES('01a22e48-30ec-789b-ace7-4ca9e722e200','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-30 21:06:52.780000',NULL,NULL);
INSERT INTO "officers" VALUES('01a22e48-30ef-78d9-8700-899a6ffc8165','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-30 21:06:52.783000',NULL,NULL);
CREATE TABLE places (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	building VARCHAR(100) NOT NULL, 
	floor VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	lat DOUBLE, 
	lon DOUBLE, 
	fence_m INTEGER NOT NULL, 
	instructions TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, spot_question TEXT DEFAULT '' NOT NULL, spot_answer VARCHAR(100) DEFAULT '' NOT NULL, question_set VARCHAR(40) DEFAULT '' NOT NULL, installed_by VARCHAR(100) DEFAULT '' NOT NULL, photo VARCHAR(64), 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a22e48-30f8-7368-bca4-81b326c5937a','01a22e48-30e2-7085-8191-a6f0172b1a80','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-30 21:06:52.792000','','','','',NULL);
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a22e48-30ec-789b-ace7-4ca9e722e200','01a22e48-30e2-7085-8191-a6f0172b1a80','2026-11-30 21:06:52.782000',NULL);
INSERT INTO "postings" VALUES('01a22e48-30ef-78d9-8700-899a6ffc8165','01a22e48-30e2-7085-8191-a6f0172b1a80','2026-11-30 21:06:52.784000',NULL);
INSERT INTO "postings" VALUES('01a22e48-30ef-78d9-8700-899a6ffc8165','01a22e48-30e4-7710-ab5b-7aeba15dd516','2026-11-30 21:06:52.784000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a22e48-31f7-79ae-aaa0-dcab58b61822','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a22e48-30e2-7085-8191-a6f0172b1a80','image/jpeg',653);
CREATE TABLE "records" (
	id VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	place VARCHAR(36), 
	author VARCHAR(36) NOT NULL, 
	title TEXT NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	first_seq BIGINT NOT NULL, 
	updated_seq BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	revisions INTEGER NOT NULL, 
	heads JSON NOT NULL, 
	answers JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	missing INTEGER NOT NULL, 
	flags JSON NOT NULL, 
	standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	promises JSON DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	open BOOLEAN DEFAULT 1 NOT NULL, evidence JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a22e48-31f7-79ae-aaa0-dcab58b61822','parent_contact','2026112301','education','01a22e48-30e2-7085-8191-a6f0172b1a80',NULL,'01a22e48-30ec-789b-ace7-4ca9e722e200','Parent contact','2026-11-30 21:06:53.047000',1,1,'2026-11-30 21:06:53.063000',1,'["b45710a7739c8696b8358949214e92af18a17b37e69788aa92e2a4922b87a0dd"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a22e48-31f7-7a63-ad8f-f492b046a538','parent_contact','2026112301','education','01a22e48-30e2-7085-8191-a6f0172b1a80',NULL,'01a22e48-30ec-789b-ace7-4ca9e722e200','Parent contact','2026-11-30 21:06:53.047000',2,2,'2026-11-30 21:06:53.063000',1,'["08952ddf8eeae9944b08627ad05b0f011be8caccd536dd756356dd906e142e18"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
CREATE TABLE "revisions" (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hash VARCHAR(64) NOT NULL, 
	record VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	author VARCHAR(36) NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	device_seq BIGINT NOT NULL, 
	prev VARCHAR(64), 
	at VARCHAR(40) NOT NULL, 
	captured_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	flags JSON NOT NULL, 
	act VARCHAR(10), 
	link VARCHAR(64) NOT NULL, 
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'b45710a7739c8696b8358949214e92af18a17b37e69788aa92e2a4922b87a0dd','01a22e48-31f7-79ae-aaa0-dcab58b61822','parent_contact','2026112301','education','01a22e48-30e2-7085-8191-a6f0172b1a80','01a22e48-30ec-789b-ace7-4ca9e722e200','01a22e48-3172-7a20-bddf-6d4f2c075016',1,NULL,'2026-11-30T21:06:53.047+00:00','2026-11-30 21:06:53.047000','2026-11-30 21:06:53.063000','{"at":"2026-11-30T21:06:53.047+00:00","author":"01a22e48-30ec-789b-ace7-4ca9e722e200","device":"01a22e48-3172-7a20-bddf-6d4f2c075016","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a22e48-31f7-79ae-aaa0-dcab58b61822","record_class":"education","school":"01a22e48-30e2-7085-8191-a6f0172b1a80","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'c76f14182ee6a109c014ec87e1942dd6c29ccd98ae82496d04b91d45a7639c75');
INSERT INTO "revisions" VALUES(2,'08952ddf8eeae9944b08627ad05b0f011be8caccd536dd756356dd906e142e18','01a22e48-31f7-7a63-ad8f-f492b046a538','parent_contact','2026112301','education','01a22e48-30e2-7085-8191-a6f0172b1a80','01a22e48-30ec-789b-ace7-4ca9e722e200','01a22e48-3172-7a20-bddf-6d4f2c075016',2,'b45710a7739c8696b8358949214e92af18a17b37e69788aa92e2a4922b87a0dd','2026-11-30T21:06:53.047+00:00','2026-11-30 21:06:53.047000','2026-11-30 21:06:53.063000','{"at":"2026-11-30T21:06:53.047+00:00","author":"01a22e48-30ec-789b-ace7-4ca9e722e200","device":"01a22e48-3172-7a20-bddf-6d4f2c075016","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"b45710a7739c8696b8358949214e92af18a17b37e69788aa92e2a4922b87a0dd","reason":null,"record":"01a22e48-31f7-7a63-ad8f-f492b046a538","record_class":"education","school":"01a22e48-30e2-7085-8191-a6f0172b1a80","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'970e98c2204c48ff762d3e6002b89038c599d72ad69603a0936dac9cbebc1f8d');
CREATE TABLE schools (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(300) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	reunification VARCHAR(300) DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "schools" VALUES('01a22e48-30e2-7085-8191-a6f0172b1a80','North Middle School','','','',1,'2026-11-30 21:06:52.770000');
INSERT INTO "schools" VALUES('01a22e48-30e4-7710-ab5b-7aeba15dd516','South High School','','','',1,'2026-11-30 21:06:52.772000');
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE tags (
	code VARCHAR(16) NOT NULL, 
	short VARCHAR(8) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (code), 
	UNIQUE (place, version), 
	UNIQUE (short), 
	FOREIGN KEY(place) REFERENCES places (id)
);
INSERT INTO "tags" VALUES('N46HA3K6LCZA4R3P','FMKZKWN9','01a22e48-30f8-7368-bca4-81b326c5937a',1,'active','2026-11-30 21:06:52.801000');
CREATE TABLE tour_points (
	tour VARCHAR(36) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	position INTEGER NOT NULL, 
	required BOOLEAN NOT NULL, 
	PRIMARY KEY (tour, place), 
	FOREIGN KEY(tour) REFERENCES tours (id), 
	FOREIGN KEY(place) REFERENCES places (id)
);
CREATE TABLE tours (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	"order" VARCHAR(10) NOT NULL, 
	begins VARCHAR(5) NOT NULL, 
	ends VARCHAR(5) NOT NULL, 
	days JSON NOT NULL, 
	grace_min INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, planned_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (school, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
CREATE INDEX ix_tours_school ON tours (school);
CREATE INDEX ix_tour_points_place ON tour_points (place);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
