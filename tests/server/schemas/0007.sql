BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 23:20:00.001000','setup','district-made','01a21502-44ff-788b-be21-1dd4cf552fb1');
INSERT INTO "audit" VALUES(2,'2026-11-25 23:20:00.006000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 23:20:00.009000','cli','school-added','01a21502-4509-7656-b69e-de8b1e0b1b59');
INSERT INTO "audit" VALUES(4,'2026-11-25 23:20:00.010000','cli','school-added','01a21502-450a-7b2f-8bc7-2293674b4eab');
INSERT INTO "audit" VALUES(5,'2026-11-25 23:20:00.014000','cli','officer-added','01a21502-450d-7854-8645-b7c738b992f4');
INSERT INTO "audit" VALUES(6,'2026-11-25 23:20:00.016000','cli','officer-posted','01a21502-450d-7854-8645-b7c738b992f4');
INSERT INTO "audit" VALUES(7,'2026-11-25 23:20:00.017000','cli','officer-added','01a21502-4510-763d-9416-745215472094');
INSERT INTO "audit" VALUES(8,'2026-11-25 23:20:00.017000','cli','officer-posted','01a21502-4510-763d-9416-745215472094');
INSERT INTO "audit" VALUES(9,'2026-11-25 23:20:00.020000','cli','place-added','01a21502-4514-7090-ac0d-388a5bd118e2');
INSERT INTO "audit" VALUES(10,'2026-11-25 23:20:00.024000','cli','tag-made','01a21502-4514-7090-ac0d-388a5bd118e2 v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 23:20:00.031000','cli','enrolment-code-made','01a21502-450d-7854-8645-b7c738b992f4');
INSERT INTO "audit" VALUES(12,'2026-11-25 23:20:00.120000','device:01a21502-453e-7746-804a-344cd1774b3a','device-enrolled','01a21502-450d-7854-8645-b7c738b992f4');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a21502-453e-7746-804a-344cd1774b3a','2026-11-25 23:20:00.217000');
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
INSERT INTO "devices" VALUES('01a21502-453e-7746-804a-344cd1774b3a','01a21502-450d-7854-8645-b7c738b992f4','6efc300137241e3b47c6985dc14ae23ea665f3ec0e5deead59f4f4f5380eb503','Test phone','','0.1.0','2026-11-25 23:20:00.116000','2026-11-25 23:20:00.116000',NULL);
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
INSERT INTO "district" VALUES('01a21502-44ff-788b-be21-1dd4cf552fb1','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-25 23:19:59.999000');
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
INSERT INTO "enrolment_codes" VALUES('8d7ff930171b22e7588898de82aeb3ce143bdfcc54f5336a16cfe9b73b695125','01a21502-450d-7854-8645-b7c738b992f4','cli','2026-11-25 23:20:00.030000','2026-11-28 23:20:00.030000','2026-11-25 23:20:00.116000','01a21502-453e-7746-804a-344cd1774b3a');
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
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-25 23:20:00.006000');
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
INSERT INTO "officers" VALUES('01a21502-450d-7854-8645-b7c738b992f4','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 23:20:00.014000',NULL,NULL);
INSERT INTO "officers" VALUES('01a21502-4510-763d-9416-745215472094','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 23:20:00.016000',NULL,NULL);
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
INSERT INTO "places" VALUES('01a21502-4514-7090-ac0d-388a5bd118e2','01a21502-4509-7656-b69e-de8b1e0b1b59','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 23:20:00.020000','','','','',NULL);
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a21502-450d-7854-8645-b7c738b992f4','01a21502-4509-7656-b69e-de8b1e0b1b59','2026-11-25 23:20:00.015000',NULL);
INSERT INTO "postings" VALUES('01a21502-4510-763d-9416-745215472094','01a21502-450a-7b2f-8bc7-2293674b4eab','2026-11-25 23:20:00.017000',NULL);
INSERT INTO "postings" VALUES('01a21502-4510-763d-9416-745215472094','01a21502-4509-7656-b69e-de8b1e0b1b59','2026-11-25 23:20:00.017000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a21502-4595-7856-a551-011f00773adf','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a21502-4509-7656-b69e-de8b1e0b1b59','image/jpeg',653);
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
INSERT INTO "records" VALUES('01a21502-4595-7856-a551-011f00773adf','parent_contact','2026112301','education','01a21502-4509-7656-b69e-de8b1e0b1b59',NULL,'01a21502-450d-7854-8645-b7c738b992f4','Parent contact','2026-11-25 23:20:00.149000',1,1,'2026-11-25 23:20:00.165000',1,'["60306acfb5609ffe01308705dfe87d727a0b04dfeba6510939911188c0e1d781"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a21502-4595-740b-83e0-5fdbc7234b36','parent_contact','2026112301','education','01a21502-4509-7656-b69e-de8b1e0b1b59',NULL,'01a21502-450d-7854-8645-b7c738b992f4','Parent contact','2026-11-25 23:20:00.149000',2,2,'2026-11-25 23:20:00.165000',1,'["53c9455df510a1e191481af679cc3ed52aca94a046c46c631f644835b6362e6e"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
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
INSERT INTO "revisions" VALUES(1,'60306acfb5609ffe01308705dfe87d727a0b04dfeba6510939911188c0e1d781','01a21502-4595-7856-a551-011f00773adf','parent_contact','2026112301','education','01a21502-4509-7656-b69e-de8b1e0b1b59','01a21502-450d-7854-8645-b7c738b992f4','01a21502-453e-7746-804a-344cd1774b3a',1,NULL,'2026-11-25T23:20:00.149+00:00','2026-11-25 23:20:00.149000','2026-11-25 23:20:00.165000','{"at":"2026-11-25T23:20:00.149+00:00","author":"01a21502-450d-7854-8645-b7c738b992f4","device":"01a21502-453e-7746-804a-344cd1774b3a","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a21502-4595-7856-a551-011f00773adf","record_class":"education","school":"01a21502-4509-7656-b69e-de8b1e0b1b59","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'6c2f8b3ef5ce315de14357bc630cde28948bfd3218c75c9d10abb9184f9863dc');
INSERT INTO "revisions" VALUES(2,'53c9455df510a1e191481af679cc3ed52aca94a046c46c631f644835b6362e6e','01a21502-4595-740b-83e0-5fdbc7234b36','parent_contact','2026112301','education','01a21502-4509-7656-b69e-de8b1e0b1b59','01a21502-450d-7854-8645-b7c738b992f4','01a21502-453e-7746-804a-344cd1774b3a',2,'60306acfb5609ffe01308705dfe87d727a0b04dfeba6510939911188c0e1d781','2026-11-25T23:20:00.149+00:00','2026-11-25 23:20:00.149000','2026-11-25 23:20:00.165000','{"at":"2026-11-25T23:20:00.149+00:00","author":"01a21502-450d-7854-8645-b7c738b992f4","device":"01a21502-453e-7746-804a-344cd1774b3a","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"60306acfb5609ffe01308705dfe87d727a0b04dfeba6510939911188c0e1d781","reason":null,"record":"01a21502-4595-740b-83e0-5fdbc7234b36","record_class":"education","school":"01a21502-4509-7656-b69e-de8b1e0b1b59","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'1aded44000743400441645b50ff134aa23b7e27d34dd3a1858eb8f7db487343d');
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
INSERT INTO "schools" VALUES('01a21502-4509-7656-b69e-de8b1e0b1b59','North Middle School','','','',1,'2026-11-25 23:20:00.009000');
INSERT INTO "schools" VALUES('01a21502-450a-7b2f-8bc7-2293674b4eab','South High School','','','',1,'2026-11-25 23:20:00.010000');
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
INSERT INTO "tags" VALUES('VCJQ7R6L4F5Q2GNZ','WDQYBYZN','01a21502-4514-7090-ac0d-388a5bd118e2',1,'active','2026-11-25 23:20:00.024000');
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
	created_at DATETIME NOT NULL, 
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
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
CREATE INDEX ix_tours_school ON tours (school);
CREATE INDEX ix_tour_points_place ON tour_points (place);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
